"""Templates of webhooks: written so that the model that a template is made from reads what it gives.

A webhook pushes what its template says, in the language Velocity. `x-template` in the contract names the variable that
gives a property; what has no value for an event is left out, so that it reads as not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.view import Field, Model


def template(model: Model, models: Mapping[str, Model]) -> list[str]:
    """The lines of the template for a model that a webhook pushes; none, if it has no id that a variable gives."""
    ids = [each for each in model.fields if each.template and each.required and each.shape.kind == "text"]
    if len(ids) != 1:
        return []
    others = [line for each in model.fields if each is not ids[0] for line in _lines(each, models)]
    # The id is always there, so that no comma is left over behind what may be missing. It needs no escapes.
    return ["{", *others, f'"{ids[0].json_name}": "${ids[0].template}"', "}"]


def _lines(each: Field, models: Mapping[str, Model]) -> Iterator[str]:
    name = each.json_name
    inner = models.get(each.shape.name) or (each.shape.item and models.get(each.shape.item.name))
    if each.shape.kind == "model" and inner and any(one.template for one in inner.fields):
        yield f'"{name}": {_object(inner, "")},'
    elif not each.template:
        return
    elif each.shape.kind == "map":
        pair = f'"$esc.json($key)": "$!esc.json(${each.template}.get($key))"'
        yield f'#if(${each.template})"{name}": {{{_loop("key", f"${each.template}.keySet()", pair)}}},#end'
    elif each.shape.kind == "list" and inner:
        yield f'#if(${each.template})"{name}": [{_loop("item", f"${each.template}", _object(inner, "item."))}],#end'
    else:
        yield f'#if(${each.template})"{name}": "$esc.json(${each.template})",#end'


def _object(model: Model, of: str) -> str:
    """An object of texts, each of a variable or of an attribute of one; a text that is not there is empty."""
    pairs = (f'"{each.json_name}": "$!esc.json(${of}{each.template})"' for each in model.fields if each.template)
    return f"{{{', '.join(pairs)}}}"


def _loop(variable: str, over: str, body: str) -> str:
    return f"#foreach(${variable} in {over}){body}#if($foreach.hasNext), #end#end"
