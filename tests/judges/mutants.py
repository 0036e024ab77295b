"""Mistakes that somebody could make in the SDK or the generator, and the tests that have to notice each."""

from __future__ import annotations

from typing import NamedTuple

SDK = "overrides/messagemedia"
GENERATED = "generated/messagemedia_generated"
TEMPLATES = "codegen/templates"


class Mutant(NamedTuple):
    """What is wrong, where, what stands there and what instead, and the files of tests that notice it."""

    what: str
    file: str
    old: str
    new: str
    tests: str

    @property
    def regenerates(self) -> bool:
        """Whether the generated package has to be made anew for it."""
        return self.file.startswith(TEMPLATES)


def _of(file: str, *rows: tuple[str, str, str, str]) -> list[Mutant]:
    return [Mutant(what, file, old, new, tests) for what, old, new, tests in rows]


PUSH_SIGNATURES, PUSHES_READ = "webhooks/test_webhooks_signature.py", "webhooks/test_webhooks_reading.py"
PUSHES_HANDLED, PUSHES_END_TO_END = "webhooks/test_webhooks_handling.py", "webhooks/test_webhooks_end_to_end.py"
SIGNING, VECTORS = "sdk/test_sdk_signing_requests.py", "sdk/test_sdk_signing_vectors.py"
RETRIES, OUTCOMES, ERRORS = "sdk/test_sdk_retries.py", "sdk/test_sdk_outcomes.py", "sdk/test_sdk_errors.py"
SECRETS, PRIVACY, COPIES = "sdk/test_sdk_secrets.py", "sdk/test_sdk_privacy.py", "sdk/test_sdk_error_copies.py"
CLIENTS, HTTP, SETTINGS = "sdk/test_sdk_clients.py", "sdk/test_sdk_http_client.py", "sdk/test_sdk_settings.py"
READING, VALIDATION, REQUESTS = "sdk/test_sdk_reading.py", "sdk/test_sdk_validation.py", "sdk/test_sdk_requests.py"
FORK, LEFT, HOOKS = "sdk/test_sdk_fork.py", "sdk/test_sdk_what_left.py", "sdk/test_sdk_hooks.py"
ENVIRONMENT, LOOPS, DEADLINE = "sdk/test_sdk_environment.py", "sdk/test_sdk_loops.py", "sdk/test_sdk_deadline.py"
CONFIRM, CLOCK, ENUMS = "sdk/test_sdk_confirm.py", "sdk/test_sdk_clock.py", "sdk/test_sdk_enums.py"
END_TO_END, ANYTHING, IN_CODE = (
    "sdk/test_sdk_end_to_end.py",
    "sdk/test_sdk_reading_anything.py",
    "contract/test_contract_in_code.py",
)
MODELS, PYREQWEST = "sdk/test_sdk_models.py", "sdk/test_sdk_pyreqwest.py"
MANY, SPEED, WAIT = "sdk/test_sdk_send_many.py", "sdk/test_sdk_speed.py", "sdk/test_sdk_wait.py"
PROOF, BESIDE, LEFTOVERS = (
    "sdk/test_sdk_proof.py",
    "sdk/test_sdk_side_by_side.py",
    "sdk/test_sdk_leftovers.py",
)
CONSUME, FAILING, STEPS, BATCHES, INTERRUPTED = (
    "sdk/test_sdk_consume.py",
    "sdk/test_sdk_consume_failing.py",
    "sdk/test_sdk_consume_steps.py",
    "sdk/test_sdk_consume_batches.py",
    "campaign/test_campaign_interrupted.py",
)
ACCIDENTS = "campaign/test_campaign_accidents.py"
NUMBERS, SPREADSHEETS = "sdk/test_sdk_numbers.py", "campaign/test_campaign_spreadsheets.py"
OPERATING, PROGRESS, REPEATED = (
    "campaign/test_campaign_operating.py",
    "campaign/test_campaign_progress.py",
    "campaign/test_campaign_repeated.py",
)
CLI_SEND, CLI_INBOX, CLI_CREDENTIALS, CLI_CAMPAIGN, CLI_JOURNALS, CLI_MESSAGES = (
    "cli/test_cli_send.py",
    "cli/test_cli_inbox.py",
    "cli/test_cli_credentials.py",
    "cli/test_cli_campaign.py",
    "cli/test_cli_journals.py",
    "cli/test_cli_messages.py",
)
MIGRATION, MIGRATION_FILES = "migration/test_migration_finding.py", "migration/test_migration_files.py"
LEASES, IN_POSTGRES = "postgres/test_postgres_leases.py", "postgres/test_postgres_journal.py"
GUARD = "sandbox/test_sandbox_guard.py"
REAL_HOSTS, OUTBOX, PUSHED_TO = (
    "testing/test_testing_guard.py",
    "testing/test_testing_outbox.py",
    "testing/test_testing_pushes.py",
)
WALK, RESETS, HANGING = (
    "sandbox/test_sandbox_walk.py",
    "sandbox/test_sandbox_pushes.py",
    "sandbox/test_sandbox_faults.py",
)
PUSHING = "webhooks/test_webhooks_pushing.py"
DOCTOR, LISTEN, CLI_WEBHOOKS = "cli/test_cli_doctor.py", "cli/test_cli_listen.py", "cli/test_cli_webhooks.py"
WEBHOOKS, KEYS = "sandbox/test_sandbox_webhooks.py", "sandbox/test_sandbox_signature_keys.py"
SHOWN, PARTS = "sandbox/test_sandbox_pages.py", "sandbox/test_sandbox_parts.py"
EXPLAINED, EVENTS = "sandbox/test_sandbox_explaining.py", "sandbox/test_sandbox_events.py"
JOINING = "codegen/test_joining.py"
REFUSALS, ADDED, DRIVER = "codegen/test_refusals.py", "codegen/test_added_operation.py", "codegen/test_driver.py"
FOUND, TEXTS_OF, PAGES = "codegen/test_found.py", "codegen/test_texts.py", "codegen/test_paging.py"

MUTANTS: list[Mutant] = [
    *_of(
        f"{SDK}/testing/guard.py",
        ("only one region is guarded", "map(_host_of, SERVERS.values())", "[_host_of(SERVERS['apac'])]", REAL_HOSTS),
        ("the name is taken as it is written", '.rstrip(".").lower()', "", REAL_HOSTS),
        ("what is caught is forgotten", "self.reached.append(sentence)", "pass", REAL_HOSTS),
        ("own clients are not seen", "self._check(_host_of(url))", "pass", REAL_HOSTS),
        ("what was there is not put back", "setattr(socket, name, original)", "pass", REAL_HOSTS),
    ),
    *_of(
        f"{SDK}/testing/plugin.py",
        ("a phase that passed stays so", 'report.outcome, report.longrepr = "failed", sentences', "pass", REAL_HOSTS),
        ("an expected failure hides it", "del report.wasxfail", "pass", REAL_HOSTS),
        ("the mark allows nothing", 'mark.kwargs.get("real")', "False", REAL_HOSTS),
    ),
    *_of(
        f"{SDK}/testing/outbox.py",
        ("reports are not pushed", "options.step_seconds * _STEPS)\n        self.push()", "options.step_seconds * _STEPS)", PUSHED_TO),
        ("an unknown send never arrives", '"drop_after_accept" if accepted', '"drop_before" if accepted', OUTBOX),
    ),
    *_of(
        f"{SDK}/testing/sent.py",
        ("twice is once", "times in (None, len(found))", "True", OUTBOX),
    ),
    *_of(
        f"{SDK}/testing/comparing.py",
        ("any message is the nearest", "key=lambda message: _likeness(message, wanted)", "key=lambda message: 0", OUTBOX),
    ),
    *_of(
        f"{SDK}/testing/views.py",
        ("the decoded path is told", '"REQUEST_URI": ', '"ANOTHER": ', PUSHED_TO),
        ("a refusal is passed over", "if not answer.is_success:", "if False:", PUSHED_TO),
    ),
    *_of(
        f"{SDK}/testing/environment.py",
        ("the environment stays changed", "        _apply(before)", "        pass", OUTBOX),
    ),
    *_of(
        f"{SDK}/_http/over_aiohttp.py",
        ("aiohttp is not announced", "announce(str(request.url))", "pass", REAL_HOSTS),
    ),
    *_of(
        f"{SDK}/_http/over_pyreqwest.py",
        ("pyreqwest is not announced", "        announce(request.url)\n", "", REAL_HOSTS),
    ),
    *_of(
        f"{SDK}/_http/tracing.py",
        ("httpx is not announced", "            announce(self._url)\n", "", REAL_HOSTS),
    ),
    *_of(
        f"{SDK}/sandbox/clock.py",
        ("the sandbox does not follow frozen time", "if self.runs and self._start is None:", "if False:", WALK),
    ),
    *_of(
        f"{SDK}/sandbox/application.py",
        ("what hung before a reset is processed after it", " or not self._log.knows(record)", "", HANGING),
    ),
    *_of(
        f"{SDK}/auth.py",
        ("PUT is signed as POST", "{method} {target} HTTP", "{'GET' if body is None else 'POST'} {target} HTTP", VECTORS),
        ("the query is not signed", "{target} HTTP", "{target.partition('?')[0]} HTTP", VECTORS),
        (
            "the hash is of a body that was written again",
            "hashlib.md5(body,",
            "hashlib.md5(__import__('json').dumps(__import__('json').loads(body)).encode(),",
            SIGNING,
        ),
        ("an empty body is hashed where there is none", "if body is not None:", "if (body := body or b'') is not None:", VECTORS),
        ("SHA-1 is the default", 'Literal["sha256", "sha1"] = "sha256"', 'Literal["sha256", "sha1"] = "sha1"', VECTORS),
        ("the secret is not UTF-8", "self._secret.encode()", "self._secret.encode('latin-1', 'replace')", VECTORS),
    ),
    *_of(
        f"{SDK}/_call/flow.py",
        ("a dropped send is repeated", 'answer.reason == "not_sent" if', 'answer.reason in ("not_sent", "lost") if', RETRIES),
        ("a send that timed out is repeated", 'answer.reason == "not_sent" if', 'answer.reason != "garbled" if', RETRIES),
        ("a send is repeated after a 500", "else answer.status == 429", "else answer.status in (429, 500)", RETRIES),
        ("nothing is repeated after a lost answer", 'return answer.reason != "garbled"', "return False", RETRIES),
        ("Retry-After is ignored", "seconds = max(seconds, wanted)", "pass", RETRIES),
        ("a retried cancel is not settled", "if progress.maybe_processed and (", "if False and (", RETRIES),
        ("a first cancel is settled", "if progress.maybe_processed and (", "if True and (", RETRIES),
        ("the clock is never corrected", "if progress.clock_offset or progress.left <= 0:", "if progress.left > 0:", CLOCK),
        ("the clock is corrected twice", "if progress.clock_offset or progress.left <= 0:", "if progress.attempts > 2:", CLOCK),
        ("the sub-account is left out", "if settings.account:", "if False:", CLIENTS),
        ("the path of the base URL is not signed", 'target = url[url.index("/", url.index("//") + 2) :]', "target = call.target", SIGNING),
        ("the charset is not said", "application/json; charset=utf-8", "application/json", SIGNING),
        ("a handler that fails takes an answer with it", "with contextlib.suppress(Exception):\n        _logger.log", "if True:\n        _logger.log", "sdk/test_sdk_logging.py"),
        ("ids are logged", "call.operation.path, urlsplit(", "call.target, urlsplit(", PRIVACY),
    ),
    *_of(
        f"{SDK}/_call/checks.py",
        ("limits are not checked", "(check_limits and not (", "(False and not (", VALIDATION),
        ("national numbers switch off every limit", "each.rule == NATIONAL))", "each.is_limit))", NUMBERS),
        ("national numbers are refused though they are meant", "national_numbers and each.rule", "False and each.rule", NUMBERS),
    ),
    *_of(
        f"{SDK}/_call/outcome.py",
        ("details are swallowed", 'said.get("details")', "None", ERRORS),
        ("403 about credentials is no authentication error", '"credential" in message.lower()', "False", OUTCOMES),
        ("nonsense after a send is a harmless error", "\n    if call.operation.sends:", "\n    if False:", OUTCOMES),
        ("no answer to a send is a harmless error", "elif call.operation.sends:", "elif False:", OUTCOMES),
        ("a second attempt that was not sent hides the first", " and not progress.maybe_processed:\n", ":\n", RETRIES),
        ("a 5xx to a send leaves no doubt", "OutcomeUnknownServerError if call.operation.sends else", "", OUTCOMES),
        ("problems are not tied to messages", ".tied_to(call.body) for detail in", " for detail in", ERRORS),
        ("Retry-After as a date is ignored", " if moment else None\n    return max", " if False else None\n    return max", RETRIES),
    ),
    *_of(
        f"{SDK}/_secret.py",
        ("a secret shows in a repr", """return "'<secret>'\"""", "return str.__repr__(self)", SECRETS),
        ("a secret can be pickled", "raise TypeError(", "return (str, (str(self),)); raise TypeError(", SECRETS),
        ("numbers are not masked", "return _NUMBER.sub(", "return text or _NUMBER.sub(", PRIVACY),
    ),
    *_of(
        f"{SDK}/_call/body.py",
        ("bytes that are no UTF-8 make an error", 'errors="replace")', 'errors="strict")', ANYTHING),
        ("what msgspec refuses is refused", "with contextlib.suppress(Exception):\n            return _fast_decode", "if True:\n            return _fast_decode", SPEED),
    ),
    *_of(
        f"{SDK}/_http/transport.py",
        ("a client that was passed in is used on both sides of a fork", "if self._home is not None:", "if False:", FORK),
        ("a blocking call in a loop does not warn", "        warn_of_blocking()\n", "", LOOPS),
        ("a closed client goes on", "    if closed:\n", "    if False:\n", CLIENTS),
    ),
    *_of(
        f"{SDK}/_http/over_httpx.py",
        ("the request keeps Authorization", 'del message.headers["Authorization"]', "pass", SECRETS),
        ("a connect timeout is taken for sent", '"ConnectTimeout", ', "", OUTCOMES),
        ("a read timeout is taken for not sent", "_NOT_SENT = (", '_NOT_SENT = ("ReadTimeout", ', OUTCOMES),
        ("another address than the signed one is used", "if target != request.target.encode():", "if False:", HTTP),
        ("the length of a body is not told", 'headers.append((b"Content-Length", b"%d" % len(content)))', "pass", SPEED),
        ("the class of an exception decides though it is seen that nothing left", "traced.ended_before_it_left(error) or ", "", LEFT),
        ("an error after the request left proves that it did not", "by_class = by_class and not traced.left and traced.failure is None", "pass", HOOKS),
        ("an answer that a hook saw is lost", "if answer := answer_in(", "if False and answer_in(", HOOKS),
        ("a refusal does not count without its body", "if is_cut and traced.answer and says_enough(", "if False and says_enough(", LEFT),
        ("a header that can't be sent may have been", "traced.ended_before_it_left(error):\n            # What", "False:\n            # What", HTTP),
        ("a full pool is a fault of the network", 'return "pool"', 'return "network"', LEFT),
    ),
    *_of(
        f"{SDK}/_http/over_aiohttp.py",
        ("aiohttp sends again by itself", "raise aiohttp.ClientConnectionError(said)", "raise aiohttp.ServerDisconnectedError(said)", SPEED),
        ("aiohttp follows redirects", "allow_redirects=False", "allow_redirects=True", SPEED),
        ("aiohttp writes addresses anew", "encoded=True", "encoded=False", END_TO_END),
        ("aiohttp takes what nobody asked for as an answer", "if not connection.protocol.should_close:", "if True:", LEFTOVERS),
        ("a deadline that passes while aiohttp connects leaves doubt", "if not self.is_connected:", "if isinstance(error, aiohttp.ClientConnectorError):", LEFT),
    ),
    *_of(
        f"{SDK}/_call/polling.py",
        ("what a signal handler raises is swallowed", "not is_of_network(error.__cause__):\n        raise error", "not is_of_network(error.__cause__):\n        return", WAIT),
    ),
    *_of(
        f"{SDK}/_http/leftovers.py",
        ("a record of its own is not seen", 'in ("_read_bio", "_incoming")', "in ()", LEFTOVERS),
    ),
    *_of(
        f"{SDK}/_http/limits.py",
        ("there may be any number of connections", "anyio.Semaphore(MAX_CONNECTIONS)", "anyio.Semaphore(9999)", SPEED),
    ),
    *_of(
        f"{SDK}/_http/over_pyreqwest.py",
        ("the names of pyreqwest's exceptions are believed", "if _NOT_SENT in causes:", 'if _NOT_SENT in causes or type(error).__name__ == "ConnectError":', HTTP),
        ("pyreqwest follows redirects", ".follow_redirects(enable=False)", ".follow_redirects(enable=True)", SPEED),
        ("pyreqwest is imported by a thread that ends", "return _importing.do(load)", "return load()", PYREQWEST),
        ("pyreqwest writes addresses anew", "if written != request.target:", "if False:", PYREQWEST),
        ("pyreqwest is used after a fork", "        _runtime.enter()\n", "", PYREQWEST),
    ),
    *_of(
        f"{SDK}/_http/tracing.py",
        ("inner frames stay in tracebacks", "each.__traceback__ = None", "pass", SECRETS),
        ("what is said to a proxy counts as the request", 'self._to_proxy = info["request"].method == b"CONNECT"', "self._to_proxy = False", LEFT),
        ("an answer to another request counts", " or answer.request is not message", "", HOOKS),
        ("a request leaves after its deadline", "if departs and left <= 0 and not self.left:", "if False:", DEADLINE),
    ),
    *_of(
        f"{SDK}/_http/home.py",
        ("a child shares connections with its parent", "self._made.get(process)", "next(iter(self._made.values()))", FORK),
        ("what a child inherits is closed", "        shield_in_children(self)\n", "", FORK),
        ("an awaited client is used in any loop", "if self._loop not in (None, loop):", "if False:", LOOPS),
    ),
    *_of(
        f"{SDK}/_http/seeding.py",
        ("a fork finds a lock of OpenSSL taken", "    with _drawing:\n", "    if True:\n", FORK),
    ),
    *_of(
        f"{SDK}/_http/environment.py",
        ("each client has a TLS context of its own", "@lru_cache(maxsize=16)\ndef _tls", "def _tls", SPEED),
        ("an address without TLS reads certificates", "if not secure:", "if False:", ENVIRONMENT),
        ("a network in NO_PROXY is ignored", "return any(address in network for", "return any(False for", ENVIRONMENT),
        ("the password of a proxy shows", "Secret(url) for kind, url", "url for kind, url", ENVIRONMENT),
    ),
    *_of(
        f"{SDK}/_http/httpx_connections.py",
        ("redirects are followed", "self._client.send(request, auth=None, follow_redirects=False)\n            close_if", "self._client.send(request, auth=None, follow_redirects=True)\n            close_if", HTTP),
        ("a connection is used again over which more came than an answer", "        answer = self._transport.handle_request(request)\n        end_with(answer)\n", "        answer = self._transport.handle_request(request)\n", LEFTOVERS),
        ("a client that was passed in is closed", '"""Leave the client open."""\n\n\nclass AsyncPassed', "self._client.close()\n\n\nclass AsyncPassed", HTTP),
        ("an answer that drips is read to its end", "if time.monotonic() > until and not is_complete:", "if False:", DEADLINE),
    ),
    *_of(
        f"{SDK}/_messages/batches.py",
        ("a batch whose answer was lost is tried by halves", "elif isinstance(answer, OutcomeUnknownError):", "elif False:", MANY),
        ("the named messages are sent again with the rest", "if position not in named]]", "]]", MANY),
        ("wrong credentials do not stop a run", "isinstance(error, NotSentError | RateLimitError) else error", "True else error", MANY),
        ("what is raised takes the results with it", "elif not isinstance(answer, MessageMediaError):", "elif not isinstance(answer, MessageMediaError) and not (_ for _ in ()).throw(answer):", BESIDE),
        ("what may have left when something is raised counts as not sent", 'self.settle(group, "unknown", unknown)', "pass", BESIDE),
        ("what the API says yes to is accepted whatever the answer lists", "if isinstance(told, SentMessage):", "if True:", PROOF),
    ),
    *_of(
        f"{SDK}/_messages/proof.py",
        ("an answer of another length proves something", "if len(told) != len(messages):", "if not told:", PROOF),
        ("an entry without an id proves something", "if not sent.message_id:", "if False:", PROOF),
        ("the answer to another request proves something", "return shared > 0 and one[-shared:] != other[-shared:]", "return False", PROOF),
        ("another country code makes another number", "len(other), _SUBSCRIBER)", "len(other))", PROOF),
        ("a masked number is another one", "if told is None or told == asked or not (", "if told is None or told == asked or (False and ", PROOF),
    ),
    *_of(
        f"{SDK}/_messages/numbers.py",
        ("a number of another country is taken for one of this", "    if guessed:\n", "    if False:\n", NUMBERS),
        ("letters are taken for digits", "    if all(each.isdecimal()", "    if True or all(each.isdecimal()", NUMBERS),
        ("what a spreadsheet made of a number is another number", "oddity(text) or _foreign(text)", "_foreign(text)", NUMBERS),
    ),
    *_of(
        f"{SDK}/_messages/send_many.py",
        ("equal messages are all sent", "if self._duplicates", "if False", MANY),
        ("a run goes on after an error that stops it", "self._is_stopping or outcome.stop is not None", "False", MANY),
    ),
    *_of(
        f"{SDK}/_messages/window.py",
        ("a slow request holds up the others", "(AHEAD if is_slow else 1)", "1", BESIDE),
        ("results wait without a bound", "(AHEAD if is_slow else 1)", "999", BESIDE),
        ("more requests are under way than asked for", "len(self.under_way) >= self._concurrency", "len(self.under_way) > self._concurrency", BESIDE),
        ("after an error others begin", "or self._error is not None or", "or", BESIDE),
    ),
    *_of(
        f"{SDK}/_messages/parallel.py",
        ("a job is done by two threads", "        if not begun.is_mine():\n            return\n", "", BESIDE),
        ("a run ends where no thread can be started", "except RuntimeError:  # there", "except ZeroDivisionError:  # there", BESIDE),
        ("Ctrl-C takes the results with it", "if is_interrupted or home.is_elsewhere:", "if True:", BESIDE),
        ("a forked child waits for threads that it does not have", "if not home.is_elsewhere:  # a", "if True:  # a", FORK),
        ("who stops cancels what is under way", "cancel=not isinstance(error, GeneratorExit)", "cancel=True", BESIDE),
        ("what was cancelled goes on", "cancel=not isinstance(error, GeneratorExit)", "cancel=False", BESIDE),
    ),
    *_of(
        f"{SDK}/_inbox/steps.py",
        ("what failed is confirmed", "            if not self._is_hopeless(key, error):\n                return\n", "            self._is_hopeless(key, error)\n", FAILING),
        ("what was handled is not confirmed at the end", "            yield from self._leave(error)\n", "", CONSUME),
        ("a batch is confirmed later than after it was handled", "(len(batch) > 1 or len(", "(len(", BATCHES),
        ("items of a failed batch are tried together again", "                self._take_apart(batch, error)\n", "", STEPS),
        ("a failed batch is an attempt of all its items", "self._failing[key] = _Failing(due=", "self._failing[key] = _Failing(attempts=1, due=", STEPS),
        ("a batch goes beyond the limit", "return size if limit is None else", "return size if limit is None or limit > self.summary.handled else", BATCHES),
        ("a run spins when confirmations have no effect", "if self._options.until_empty and self._futile >= MAX_FUTILE:", "if False:", CONSUME),
    ),
    *_of(
        f"{SDK}/_inbox/stopping.py",
        ("the event of a stopped run is set some time later", "        stop.end()\n", "", "sdk/test_sdk_consume_stopping.py"),
    ),
    *_of(
        f"{SDK}/_inbox/memory.py",
        ("what comes again is handled again", " and key.content not in self._confirmed", "", CONSUME),
        ("an id is confirmed before its last item", "if key.id and not self._open[key.id]:", "if key.id:", STEPS),
        ("other content of an id that was seen before is dropped", "[name, item.raw or item.to_dict()]", "[name, None if name else item.raw]", CONSUME),
        ("the second item of an id in an answer is dropped", "copies[content] += 1", "copies[content] = 1", STEPS),
    ),
    *_of(
        f"{SDK}/_inbox/consume.py",
        ("a handler of batches gets the first item only", "return step.items if self.in_batches else step.items[0]", "return step.items[:1] if self.in_batches else step.items[0]", BATCHES),
    ),
    *_of(
        f"{SDK}/_messages/wait.py",
        ("it waits beyond a terminal status", "is_terminal", "is_known", WAIT),
    ),
    *_of(
        f"{SDK}/campaign/header.py",
        ("accents have to be composed alike", 'return unicodedata.normalize("NFC", name)', "return name", SPREADSHEETS),
    ),
    *_of(
        f"{SDK}/campaign/cells.py",
        ("senders are taken for numbers of the country", 'if "e164" in field.metadata', 'if "number" in field.name', SPREADSHEETS),
    ),
    *_of(
        f"{SDK}/campaign/rows.py",
        ("one of two delimiters is taken", "for layout, _ in fitting}) > 1:", "for layout, _ in fitting}) > 2:", SPREADSHEETS),
    ),
    *_of(
        f"{SDK}/campaign/table.py",
        ("rows behind Excel's line are numbered wrongly", "self._before = 1 if said else 0", "self._before = 0", SPREADSHEETS),
    ),
    *_of(
        f"{SDK}/campaign/oversight.py",
        ("an opt-out does not reach what is in flight", "reason = ? WHERE state = 'in_flight' AND {among}", "reason = ? WHERE FALSE AND {among}", OPERATING),
        ("what was sent can be withdrawn", "WHERE state = 'pending' AND {among}", "WHERE {among}", OPERATING),
    ),
    *_of(
        f"{SDK}/campaign/withdrawing.py",
        ("national numbers on an opt-out list withdraw nobody", "if national and not journal.has_national_numbers():", "if False:", OPERATING),
        ("an opt-out list from a spreadsheet is taken as it is", "elif odd := oddity(number.strip()) or _misleading(number):", 'elif odd := "":', OPERATING),
    ),
    *_of(
        f"{SDK}/campaign/starting.py",
        ("a paused campaign is sent", "    if start.until is None and journal.is_paused():", "    if False:", OPERATING),
    ),
    *_of(
        f"{SDK}/campaign/progress.py",
        ("the bar ends more than once", "if self._ended and not summary.left:", "if False:", PROGRESS),
    ),
    *_of(
        f"{SDK}/campaign/file_staging.py",
        ("a change brings back what was withdrawn", "                self._leave_withdrawn(moved)\n", "", REPEATED),
    ),
    *_of(
        f"{SDK}/campaign/adding.py",
        ("a withdrawn row is replaced", 'return stored.state == "withdrawn"', "return False", REPEATED),
        ("a key that stands twice in a file is a change", "elif not twice and stored.state in replaceable:", "elif stored.state in replaceable:", REPEATED),
    ),
    *_of(
        f"{SDK}/campaign/sending.py",
        ("an interrupted job stays in flight", "        course.give_up(job)\n", "", INTERRUPTED),
    ),
    *_of(
        f"{SDK}/campaign/journal.py",
        ("rows in flight at a crash are pending again", "SET state = 'unknown', reason = ?, changed = ? WHERE state = 'in_flight'", "SET state = 'pending', reason = ?, changed = ? WHERE state = 'in_flight'", INTERRUPTED),
        ("what is claimed need not be what was moved", 'if done != len(found) or done < min(size, self._tally()["pending"]):', "if False:", ACCIDENTS),
        ("a row is sent again that the file calls pending", "if not all(attempt > self._attempts.last(entry) for entry, attempt, *_ in found):", "if False:", ACCIDENTS),
        ("another sender's claims are not noticed", "claims = claims + 1 WHERE claims = ?", "claims = claims + 1 WHERE claims >= 0 * ?", ACCIDENTS),
        ("an older copy is taken", "elif int(said[1]) > claims:", "elif False:", ACCIDENTS),
        ("a row whose bits flipped is sent", "if checksum(key.encode(), message.encode()) == check:", "if True:", ACCIDENTS),
    ),
    *_of(
        f"{SDK}/campaign/postgres/statements.py",
        ("a lease that ran out makes its rows pending", "SET state = 'unknown', reason = %s", "SET state = 'pending', reason = %s", LEASES),
        ("a paused campaign is claimed from", "WHERE c.id = %(campaign)s AND NOT c.paused AND", "WHERE c.id = %(campaign)s AND", LEASES),
        ("others begin while one feels out the API", "a.account = %(account)s AND a.closed\n", "a.account = %(account)s AND false\n", LEASES),
        ("what was withdrawn in flight comes back", "WHERE batch = %s AND state = 'pending' AND reason <> ''", "WHERE batch = %s AND false", LEASES),
    ),
    *_of(
        f"{SDK}/campaign/postgres/leases.py",
        ("what was sent is sent again if the database says so", "if not all(attempt > self._attempts.last(entry) for entry, attempt, *_ in found):", "if False:", IN_POSTGRES),
        ("a late word does not count", '"before": "pending" if state == "leased" else "unknown",', '"before": "pending",', LEASES),
        ("a worker that was frozen sends", "is_ours = now < lease.last_start and bool(", "is_ours = True or bool(", LEASES),
        ("the clock of a sleeping machine does not count", "return now < lease.last_start and now < lease.confirmed + _FRESH", "return True", LEASES),
    ),
    *_of(
        f"{SDK}/campaign/postgres/deciding.py",
        ("a retry overtakes what may be on its way", 'if state == "pending" and quiet is not None and quiet > 0:', "if False:", LEASES),
        ("a claim that was lost stays pending", "self.connection.all(row_statements.ATTEST, asked)", "pass", LEASES),
    ),
    *_of(
        f"{SDK}/campaign/moving.py",
        ("what is added to a file that was moved is sent from there", '        journal.database.change("UPDATE campaign SET moved = 1")\n', "", "postgres/test_postgres_move.py"),
        ("a campaign that moved is sent from the file, too", "            _let_go(journal)\n", "", "postgres/test_postgres_move.py"),
    ),
    *_of(
        f"{SDK}/campaign/opening.py",
        ("a file is begun that was not to be", "if not begin and not is_begun(path):", "if False:", "campaign/test_campaign_journal.py"),
    ),
    *_of(
        f"{SDK}/campaign/postgres/journal.py",
        ("a campaign in a database is begun that was not to be", "if not found and not begin:", "if False:", IN_POSTGRES),
    ),
    *_of(
        f"{SDK}/campaign/postgres/connection.py",
        ("others' settings decide how texts are encoded", ", **_NEEDED}", "}", IN_POSTGRES),
        ("errors show what a row holds", "if is_lost or state.startswith(_SAYS_NOTHING_OF_ROWS):", "if True:", IN_POSTGRES),
        ("a transaction goes on without its beginning", "if self._is_inside:  # what", "if False:  # what", IN_POSTGRES),
    ),
    *_of(
        f"{SDK}/campaign/database.py",
        ("pages of an index may change places", "PRAGMA integrity_check(1)", "PRAGMA quick_check(1)", ACCIDENTS),
        ("a file that moved is written to", "            self.files.check()\n            self._execute(begin)", "            self._execute(begin)", ACCIDENTS),
        ("others read what is being written", "        file = self.files.guard\n        if file is None:", "        file = self.files.guard\n        if True:", ACCIDENTS),
        ("a thread sends from a campaign that sends", "if not self._sending.acquire(blocking=False):", "if False:", INTERRUPTED),
    ),
    *_of(
        f"{SDK}/campaign/lock.py",
        ("a forked child keeps the lock of its parent", "    for each in list(_open):\n        each.close()", "    pass", ACCIDENTS),
    ),
    *_of(
        f"{SDK}/campaign/files.py",
        ("an emptied journal is a new one", "if self.seal or hot:", "if False:", ACCIDENTS),
        ("a hard link is taken", "if found.st_nlink > 1:", "if False:", ACCIDENTS),
    ),
    *_of(
        f"{SDK}/campaign/tables.py",
        ("parts of a journal need not fit together", "    if not fits:", "    if False:", ACCIDENTS),
    ),
    *_of(
        f"{SDK}/_inbox/confirm_requests.py",
        ("ids are not split", "for start in range(0, len(ids), size):\n        yield ids[start : start + size]", "yield ids", CONFIRM),
        ("an empty id is confirmed", 'if found == "":', "if False:", CONFIRM),
    ),
    *_of(
        f"{SDK}/client.py",
        ("with_options changes the original", "twin = copy.copy(self)", "twin = self", CLIENTS),
        ("closing a copy closes the connections", "owner=False", "owner=True", CLIENTS),
    ),
    *_of(
        f"{SDK}/_call/executing.py",
        ("the awaited client blocks while it waits", "await anyio.sleep(step.seconds)", "time.sleep(step.seconds)", OUTCOMES),
    ),
    *_of(
        f"{SDK}/_call/settings.py",
        ("the environment wins over arguments", "if account is None\n        else", 'if "MESSAGEMEDIA_ACCOUNT" in os.environ else', SETTINGS),
        ("two ways to authenticate are taken", 'raise ConfigurationError("give either api_key', 'ConfigurationError("give either api_key', SIGNING),
        ("a base URL with credentials shows in a traceback", 'hide(base_url) if isinstance(base_url, str) and "@" in base_url else base_url', "base_url", SECRETS),
        ("the clock of the machine is taken for UTC", "return datetime.now(UTC)", "return datetime.now().replace(tzinfo=UTC)", END_TO_END),
    ),
    *_of(
        f"{SDK}/errors/__init__.py",
        ("errors are pickled with their body", '_private: ClassVar[tuple[str, ...]] = ("body", "headers")', "_private: ClassVar[tuple[str, ...]] = ()", COPIES),
        ("details are pickled unmasked", "[presentable(detail) for detail in self.details]", "self.details", PRIVACY),
    ),
    *_of(
        f"{GENERATED}/types.py",
        ("an unknown value of an enum raises", "if not isinstance(value, str):\n            return None", "return None", ENUMS),
    ),
    *_of(
        f"{GENERATED}/reading.py",
        ("an item of the wrong kind raises", "return value if isinstance(value, str) else None", "return value + ''", ANYTHING),
        ("items of the wrong kind are kept", "[item for item in items if item is not None]", "items", READING),
    ),
    *_of(
        f"{SDK}/sandbox/guard.py",
        ("any host leads to the sandbox", "if name in self._names or _is_loopback(name):", "if name:", GUARD),
        ("any page may drive the sandbox", "if origin != own and origin not in self._allowed:", "if False:", GUARD),
        ("any page of a null origin may", "if origin != own and", 'if origin not in (own, "null") and', GUARD),
        ("a page of another port may", 'frozenset({"same-origin", "none"})', 'frozenset({"same-origin", "same-site", "none"})', GUARD),
        ("an allowed origin is told of nothing", "        if self._allowed:", "        if False:", GUARD),
        ("any kind of body is taken", 'if kinds != ["application/json"] and (kinds or has_body):', "if False:", GUARD),
        ("a body of no kind is taken", "and (kinds or has_body):", "and kinds:", GUARD),
    ),
    *_of(
        f"{GENERATED}/writing.py",
        ("naive datetimes are sent", "if value.utcoffset() is None:", "if False:", VALIDATION),
        ("local time is sent as UTC", "moment = value.astimezone(UTC)", "moment = value", REQUESTS),
        ("ids are not escaped", 'errors="replace"), safe="")', 'errors="replace"), safe="/?#")', SIGNING),
        ("an id may change the path", 'text in ("", ".", "..")', 'text in ("",)', VALIDATION),
        ("a number without a country code is sent", "elif e164 and (unfit", "elif False and (unfit", NUMBERS),
        ("a limit is off by one", "size > high", "size > high + 1", VALIDATION),
        ("what the methods of a value raise passes through", "refuse_raising(problems, at, value, error)\n                return nothing()", "raise", VALIDATION),
    ),
    *_of(
        f"{GENERATED}/dicts.py",
        ("unknown fields are lost in dicts", "    if exact:\n", "    if False:\n", MODELS),
        ("moments of answers are cut in dicts", "if exact and value.microsecond % 1000", "if False", MODELS),
    ),
    *_of(
        f"{GENERATED}/hints.py",
        ("unknown fields of a model are dropped", "['_values', '_others', *", "['_values', *", MODELS),
    ),
    *_of(
        f"{GENERATED}/privacy.py",
        ("content shows in a repr", "counted(len(value), ", "counted(value, ", PRIVACY),
    ),
    *_of(
        f"{GENERATED}/models/sent_message.py",
        ("a field of the answer is lost", 'made.metadata = read_texts(get("metadata"))', "made.metadata = None", IN_CODE),
        ("the raw answer is lost", "made.raw = raw", "made.raw = {}", READING),
    ),
    *_of(
        f"{TEMPLATES}/endpoint_module.py.jinja",
        ("no operation sends", "sends={{ operation.sends }}", "sends=False", IN_CODE),
        ("every operation may be repeated", "repeatable={{ operation.repeatable }}", "repeatable=True", IN_CODE),
        ("settlements are lost", "{% if operation.settlement %}\n    settlement", "{% if false %}\n    settlement", IN_CODE),
        ("queries are dropped", '{{ " + write_query(query_pairs)" if operation.query_parameters }}', "", ADDED),
    ),
    *_of(
        f"{TEMPLATES}/model.py.jinja",
        ("private fields are shown", 'if each.sensitive else "" %}', 'if false else "" %}', PRIVACY),
    ),
    *_of(
        "codegen/carried.py",
        ("unknown keys are dropped silently", "if key not in known:", "if False and key not in known:", REFUSALS),
    ),
    *_of(
        "codegen/docstrings.py",
        ("a backslash of a text escapes", 'value.replace("\\\\", "\\\\\\\\")', "value", TEXTS_OF),
        ("a text ends in a quotation mark", '|^"|"\\Z', "", TEXTS_OF),
        ("a text ends the docstring it stands in", '"(?=")|(?<=")"|', "", TEXTS_OF),
    ),
    *_of(
        "codegen/merging.py",
        ("the last limit of an allOf wins", "**dict.fromkeys(_SMALLER, min)", "**dict.fromkeys(_SMALLER, _last)", FOUND),
        ("an allOf forgets what its parts require", '"required": _added', '"required": _last', FOUND),
    ),
    *_of(
        "codegen/names.py",
        ("a variable hides an argument", "while name in arguments:", "while False:", FOUND),
    ),
    *_of(
        f"{TEMPLATES}/paging.py.jinja",
        ("a page that repeats the one before is no end", "or items == self._before", "", PAGES),
        ("a short page is the end", "self.page += 1", "self.page += 1\n            self.goes_on = len(items) > 1", PAGES),
    ),
    *_of(
        "codegen/driver.py",
        ("the files are not stamped", "f\"contract {' '.join(contract.parts)}\\n\"", 'f"contract\\n"', JOINING),
        ("a failure leaves no output", "if old.exists():\n                old.rename(output)", "pass", DRIVER),
    ),
    *_of(
        "codegen/joining.py",
        ("two files may have the same name", "if key in seen and seen[key][0] != name:", "if False:", JOINING),
        ("a part may have other servers", "if part.get(key, main.get(key)) != main.get(key):", "if False:", JOINING),
        ("a reference across files may lead to nothing", "elif target(parts[file or name], pointer) is None:", "elif False:", JOINING),
        ("a reference may lead to a third file", "if file and (name == MAIN or file != MAIN):", "if False:", JOINING),
        ("what is refused after joining names no file", 'return f"{self._owners[max(beginnings, key=len)]}: {reason}" if beginnings else reason', "return reason", JOINING),
        ("an example is taken for a reference", "child if key in VALUES and not named else ", "", JOINING),
    ),
    *_of(
        f"{SDK}/sandbox/webhooks.py",
        ("a webhook may have a twin", '                raise WebhookExistsError("the account already has a webhook with this address and method")', "                pass", WEBHOOKS),
        ("there is room for one webhook more", "if len(self._webhooks) >= limit:", "if len(self._webhooks) > limit:", WEBHOOKS),
    ),
    *_of(
        f"{SDK}/sandbox/keys.py",
        ("all keys are enabled", '"enabled": key.key_id == self._enabled', '"enabled": bool(self._enabled)', KEYS),
        ("all keys are the same", "private_key, public_key = _new_pair()", "private_key, public_key = KeyRing.pair = getattr(KeyRing, 'pair', None) or _new_pair()", KEYS),
    ),
    *_of(
        f"{SDK}/webhooks/signature.py",
        ("any signature is taken", "if not is_signed(key, signature, size,", "if False and not is_signed(key, signature, size,", PUSH_SIGNATURES),
        ("an unknown key is replaced by a known one", "self.keys.get(request.header(KEY_ID))", "next(iter(self.keys.values()))", PUSH_SIGNATURES),
        ("the date may have any form", 'if not _DATE.fullmatch(date := request.header("date")):', 'if not (date := request.header("date")).isascii():', PUSH_SIGNATURES),
        ("other base64 stands for the same signature", "return data if data and base64.b64encode(data).decode() == text else None", "return data or None", PUSH_SIGNATURES),
        ("weaker digests are taken", "(224, 256, 512) for dash", "(224, 256, 384, 512) for dash", PUSH_SIGNATURES),
        ("pushes may be of any age", "if age > self.max_age:", "if False:", PUSH_SIGNATURES),
        ("pushes may come from the future", "if age < -_FUTURE:", "if False:", PUSH_SIGNATURES),
    ),
    *_of(
        f"{SDK}/webhooks/request.py",
        ("a header may be there twice", "if known in _SINGLE and known in found:", "if False:", PUSH_SIGNATURES),
    ),
    *_of(
        f"{SDK}/webhooks/reading.py",
        ("an opt-out is read as a reply", '    if "reply_id" in texts:', '    if "reply_id" in raw:', PUSHES_READ),
        ("a variable that was not rendered is a value", "value in _UNRENDERED)", "False)", PUSHES_READ),
        ("XML is read as JSON", 'or kind.endswith("+json") or not kind', "or True", PUSHES_READ),
    ),
    *_of(
        f"{SDK}/webhooks/receiver.py",
        ("what failed is not handled again", "            for handler in handlers:\n                self._require_blocking(handler)\n                handler(event)\n            self._seen.add(key)", "            self._seen.add(key)\n            for handler in handlers:\n                self._require_blocking(handler)\n                handler(event)", PUSHES_HANDLED),
        ("what was handled is handled again", "            if key in self._seen:\n                return False", "            if key in self._seen:\n                pass", PUSHES_HANDLED),
    ),
    *_of(
        f"{SDK}/webhooks/seen.py",
        ("the same push is handled by two threads", "            if key in self._keys:\n                raise", "            if False:\n                raise", PUSHES_HANDLED),
        ("memory has no bound", "while len(self._keys) > self._size:", "while False:", PUSHES_HANDLED),
    ),
    *_of(
        f"{SDK}/webhooks/wsgi.py",
        ("a body of any size is read", "if (size := int(length[:20])) > most:", "if (size := int(length[:20])) < 0:", PUSHES_HANDLED),
    ),
    *_of(
        f"{SDK}/webhooks/pushing.py",
        ("a proxy stands before this machine", "http_client is None and is_loopback(url)", "False", PUSHING),
        ("a redirect takes a push", "200 <= self.status_code < 300", "200 <= self.status_code < 400", PUSHING),
    ),
    *_of(
        f"{SDK}/cli/doctor/facts.py",
        ("a login page accepts credentials", 'self.status == 200 and self.form == "replies"', "self.status == 200", DOCTOR),
    ),
    *_of(
        f"{SDK}/cli/doctor/gathering.py",
        ("doctor shows the secret", 'f"set ({_count(secret)})"', "secret", DOCTOR),
        ("another method is tried unasked", "[each for each in kinds if each in target.tries or each == target.auth.scheme]", "list(kinds)", DOCTOR),
        ("all regions are tried unasked", "urls if ALL_REGIONS in target.tries else urls[:1]", "urls", DOCTOR),
        ("nobody says that the secret travels", "if hosts:", "if False:", DOCTOR),
    ),
    *_of(
        f"{SDK}/cli/doctor/tls.py",
        ("an old TLS goes without a word", 'in ("TLSv1.2", "TLSv1.1", "TLSv1")', 'in ("TLSv1",)', DOCTOR),
    ),
    *_of(
        f"{SDK}/cli/doctor/probing.py",
        ("what a server says is shown as it is", "presentable(message[:_MOST_MESSAGE]).strip()", "message", DOCTOR),
    ),
    *_of(
        f"{SDK}/cli/forwarding.py",
        ("what an application refuses is taken", "if answer.ok:", "if answer.status_code is not None:", LISTEN),
        ("everything is confirmed", "if self.confirm and item_id:", "if item_id:", LISTEN),
        ("what was taken is pushed again", "if key in self._taken:", "if False:", LISTEN),
        ("one that fails holds up all others", "return answer.status_code is not None", "return answer.ok", LISTEN),
        ("what was taken is forgotten at Ctrl-C", "            self._confirm_leaving(queue)\n            raise", "            raise", LISTEN),
    ),
    *_of(
        f"{SDK}/cli/asking.py",
        ("a pipe says yes", "if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):", "if False:", CLI_WEBHOOKS),
    ),
    *_of(
        f"{SDK}/sandbox/push.py",
        ("a reset lets pushes go on", "            task.cancel()", "            pass", RESETS),
        ("the first key signs for ever", "if push.headers is None or self._options.retries_signed_anew:", "if push.headers is None:", PUSHES_END_TO_END),
        ("webhooks are retried as callbacks are", "if push.delivery.retries is None else push.delivery.retries", "", PUSHES_END_TO_END),
    ),
    *_of(
        f"{SDK}/sandbox/templates.py",
        ("a template reaches into Python", 'if "__" in template or ".." in template:', "if False:", PUSHES_END_TO_END),
    ),
    *_of(
        f"{SDK}/cli/sending.py",
        ("a send whose outcome is unknown is forgotten", "    except OutcomeUnknownError as error:\n        raise", "    except OutcomeUnknownError as error:\n        repeats.forget(intent, sent=False)\n        raise", CLI_SEND),
        ("a refused send is remembered", "        repeats.forget(intent, sent=False)\n", "", CLI_SEND),
        ("the same is sent again without a question", "if again or not intent.earlier:", "if True:", CLI_SEND),
        ("what can't be sent costs a request", "    if refused:", "    if False:", CLI_SEND),
    ),
    *_of(
        f"{SDK}/cli/repeats.py",
        ("numbers are kept as they are", 'return hmac.digest(bytes.fromhex(key), text.encode(), "sha256").hex()', "return text", CLI_SEND),
        ("a repeated send settles nothing", "(intent.settles if sent else ())", "()", CLI_SEND),
        ("a failed second send settles the first", "(intent.settles if sent else ())", "intent.settles", CLI_SEND),
        ("the memory of sends has no bound", "kept.sends[-MOST:]", "kept.sends", CLI_SEND),
    ),
    *_of(
        f"{SDK}/cli/exits.py",
        ("unknown looks like a failure", "return Failure(str(error), UNKNOWN)", "return Failure(str(error), FAILED)", "cli/test_cli_exits.py"),
    ),
    *_of(
        f"{SDK}/cli/private.py",
        ("what others can read is used", "mode & 0o077", "mode & 0", CLI_CREDENTIALS),
        ("two processes write over each other", "fcntl.flock(descriptor, fcntl.LOCK_EX)", "pass", CLI_SEND),
    ),
    *_of(
        f"{SDK}/cli/credentials.py",
        ("the address of another source is taken", "        if getattr(chosen.profile, name) != value:", "        if False:", CLI_CREDENTIALS),
        ("a command that failed tells the secret", "if done.returncode:", "if False:", CLI_CREDENTIALS),
    ),
    *_of(
        f"{SDK}/cli/output.py",
        ("a terminal obeys strangers", "return _UNSAFE.sub(_escape, str(value))", "return str(value)", CLI_INBOX),
    ),
    *_of(
        f"{SDK}/cli/inbox.py",
        ("what can't be written is confirmed", "            session.out.deliver()\n", "", CLI_INBOX),
    ),
    *_of(
        f"{SDK}/cli/journals.py",
        ("a campaign is begun by a typing error", "begin=False", "begin=True", CLI_CAMPAIGN),
        ("a password may stand in an argument", "    if found or any(", "    if any(", CLI_JOURNALS),
        ("a file is taken for a name in a database", "and Path(name).is_file():", "and False:", CLI_JOURNALS),
    ),
    *_of(
        f"{SDK}/cli/campaign_working.py",
        ("a worker does not hear SIGTERM", "        stop.set()\n", "        pass\n", CLI_JOURNALS),
        ("SIGTERM is no end", 'if why == "stopped":', "if False:", CLI_JOURNALS),
    ),
    *_of(
        f"{SDK}/cli/campaign_sending.py",
        ("unknown rows are no reason to stop", "    if summary.unknown:", "    if False:", CLI_CAMPAIGN),
        ("a place for results is looked for after sending", '        require_place(results, "--results")', "        pass", CLI_CAMPAIGN),
    ),
    *_of(
        f"{SDK}/cli/messages.py",
        ("a cancel without an answer is a failure", '{error}", UNKNOWN, steps) from error\n    session', '{error}", FAILED, steps) from error\n    session', CLI_MESSAGES),
    ),
    *_of(
        f"{SDK}/sandbox/pages/application.py",
        ("texts become markup", "autoescape=True", "autoescape=False", SHOWN),
        ("a page may load anything", "default-src 'none'", "default-src *", SHOWN),
    ),
    *_of(
        f"{SDK}/sandbox/pages/texts.py",
        ("any address becomes a link", 'parts.scheme in {"http", "https"} and bool(parts.hostname)', "True", SHOWN),
        ("marks of direction are not named", "\\u202e\\u2066", "\\u2066", SHOWN),
    ),
    *_of(
        f"{SDK}/sandbox/pages/snippets.py",
        ("a secret that was chosen is shown", "return options.api_secret if options.api_secret == _DEFAULTS.api_secret else None", "return options.api_secret", SHOWN),
    ),
    *_of(
        f"{SDK}/sandbox/pages/views.py",
        ("what Basic sends is shown", 'if name != "authorization" or explanation.scheme == "HMAC":', "if True:", SHOWN),
    ),
    *_of(
        f"{SDK}/sandbox/parts.py",
        ("pairs are cut", "if units + size > among_several:", "if units >= among_several:", PARTS),
    ),
    *_of(
        f"{SDK}/sandbox/explaining.py",
        ("another signature passes", 'same = auth.same(computed, given["signature"])', "same = True", EXPLAINED),
    ),
    *_of(
        f"{SDK}/sandbox/kept.py",
        ("all is kept for ever", "if self._limit is not None and len(self._items) > self._limit else None", "if False else None", SHOWN),
    ),
    *_of(
        f"{SDK}/sandbox/events.py",
        ("polls take every connection", "_PATIENT_POLLS = 4", "_PATIENT_POLLS = 400", EVENTS),
        ("who has gone still waits", "await asyncio.wait({gone, happened},", "await asyncio.wait({happened},", EVENTS),
    ),
    *_of(
        f"{SDK}/migration/advice.py",
        ("a key in the source is shown", "long or isinstance(node.value, str | bytes)", "long", MIGRATION),
        ("the name of a client is lost", "return ast.unparse(inner.value)", 'return "client"', MIGRATION),
    ),
    *_of(
        f"{SDK}/migration/secrets.py",
        ("every text is a key", "return len(text) >= _SHORTEST and not all(", "return True or all(", MIGRATION),
        ("no text is a key", "return len(text) >= _SHORTEST and", "return False and", MIGRATION),
    ),
    *_of(
        f"{SDK}/migration/walker.py",
        ("a blocking call in a coroutine is not found", "if self.place.awaited:", "if False:", MIGRATION),
        ("whoever calls what blocks is not found", "self.world.note(self.world.blocking, self.place.function)", "pass", MIGRATION),
        ("a name that is bound anew stays what it was", "        self.names[name] = value\n", "        self.names[name] = self.names.get(name, NOTHING) | value\n", MIGRATION),
    ),
    *_of(
        f"{SDK}/migration/times.py",
        ("local time passes for a time with a zone", 'return one("time", "naive")\n    if found', 'return one("time", "aware")\n    if found', MIGRATION),
        ("a text passes for a time", '"text" if _ZONE.search(text) else "naive")', '"aware")', MIGRATION),
    ),
    *_of(
        f"{SDK}/migration/models.py",
        ("a call on what is not known is missed", "if not found and name in BY_NAME", "if False and name in BY_NAME", MIGRATION),
        ("what may be something else is said to be sure", "found.add(OTHER)", "pass", MIGRATION),
    ),
    *_of(
        f"{SDK}/migration/scanning.py",
        ("a program that can't be read passes", "if chosen[file].names_it:", "if False:", MIGRATION_FILES),
        ("files are looked at by themselves", "if world.carries(each.file)]", "if False]", MIGRATION_FILES),
        ("what is only not known yet is taken for unknown", "world = World()\n    found:", "world = World()\n    world.doubts = True\n    found:", MIGRATION_FILES),
    ),
]  # fmt: skip
