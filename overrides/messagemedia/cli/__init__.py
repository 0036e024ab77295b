"""The command line: a thin layer over the public face of the package, one module for each group of commands.

`app` has the table of commands, and `main`, which runs one and turns whatever comes of it into an exit code. `frame`
is what commands are made with, `session` what they are given: options, settings, the client. `output` writes tables,
lines and JSON; `exits` says which status an error has and in which words it is told.

`credentials` chooses where key and secret come from; `profiles` keeps them in a file, `private` reads and writes such
files, and `repeats` remembers sends whose outcome is unknown.

`journals` finds the journal that a campaign is kept in: a file, or a database and a name in it.

`doctor/` finds out why something does not work, for the command in `diagnosis`. `forwarding` decides what `listen` in
`pushes` forwards, `stored` reads what `replay` pushes again, `signing_keys` keeps the key that signs both.

To add a command: write a function with `@command` in a module, and add its line to `COMMANDS` in `app`. Modules import
what they need when a command runs, not at their top, so that `--help` takes no time.
"""
