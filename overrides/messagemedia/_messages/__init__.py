"""Sending messages, and following what was sent.

`verbs` has the methods of `client.messages`, and `arguments` what people may pass to them. Many messages go from
`send_many`, which cuts any input into batches, through `parallel`, which runs them side by side, to `batches`, which
splits a refused batch and says what became of each message; `window` decides what may begin, `proof` what an answer
proves, and `duplicates` which messages have been sent before. `wait` follows one message; `segments` counts SMS parts,
and `numbers` brings phone numbers into E.164 form.
"""
