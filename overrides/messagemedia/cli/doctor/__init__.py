"""What is wrong between this machine and the API, and what to do about it.

`facts` are what was seen, as data. `probing` sees it over the network, with `wire` for sockets and handshakes, and
`certificates`, which tells whose certificate it was. `judging` makes a diagnosis of the facts, without any input or
output: `steps` are its parts, `network`, `tls` and `answers` say what each part of the way means. `showing` prints
it.
"""
