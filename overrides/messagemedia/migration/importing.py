"""The walk through imports: of the older SDK, of other files of the program, of packages of others."""

from __future__ import annotations

import ast

from messagemedia.migration import advice, imports
from messagemedia.migration.calls import Calls
from messagemedia.migration.names import CLASSES_BY_NAME
from messagemedia.migration.values import UNKNOWN, of, one


class Importing(Calls):
    """The part of a walk that goes through imports."""

    def import_names(self, node: ast.Import | ast.ImportFrom) -> None:
        """Bind the names that an import brings."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                value = self.imported(alias.name if alias.asname else alias.name.partition(".")[0])
                self.bind(alias.asname or alias.name.partition(".")[0], value)
                if imports.is_old(alias.name):
                    where = alias if len(node.names) > 1 else node
                    stands = f"import {advice.shown(alias)}"
                    self.report("import", where, "import messagemedia", stands=stands)
            elif node.module and not node.level and imports.is_old(node.module):
                self._import_old(node, node.module, alias)
            else:
                self._import_own(node, alias)

    def _import_old(self, node: ast.ImportFrom, module: str, alias: ast.alias) -> None:
        if alias.name == "*":
            classes = list(imports.classes_of(module))
            for each in classes:
                self.bind(each.name, one("class", each.name))
            for name in imports.modules_of(module):
                self.bind(name, one("module", f"{module}.{name}"))
        else:
            value = imports.member(module, alias.name)
            self.bind(alias.asname or alias.name, value)
            classes = [CLASSES_BY_NAME[name] for name in of(value, "class")]
        known = imports.is_known(module) and (
            classes or alias.name == "*" or imports.is_known(f"{module}.{alias.name}")
        )
        where = alias if len(node.names) > 1 else node
        stands = f"from {module} import {advice.shown(alias)}"
        self.report("import", where, advice.of_import(classes), stands=stands, perhaps=not known)

    def _import_own(self, node: ast.ImportFrom, alias: ast.alias) -> None:
        module = node.module or ""
        file = self.files.find(module, node.level, self.file)
        below = self.files.find(f"{module}.{alias.name}".strip("."), node.level, self.file)
        name = alias.asname or alias.name
        if alias.name == "*":
            for each, value in self.world.names_of(file) if file else ():
                self.bind(each, value)
        elif file and (value := self.world.known(file, alias.name)):
            self.bind(name, value)
        elif below:
            self.bind(name, one("file", below))
        else:
            self.bind(name, UNKNOWN if file or node.level else one("external", f"{module}.{alias.name}"))
