"""What holds for a campaign in a file holds in PostgreSQL: the same tests, but for those that are about files."""

import test_campaign_interrupted
import test_campaign_keys
import test_campaign_operating
import test_campaign_progress
import test_campaign_repeated
import test_campaign_sending
import test_campaign_unknown

SAME = (
    test_campaign_interrupted,
    test_campaign_keys,
    test_campaign_operating,
    test_campaign_progress,
    test_campaign_repeated,
    test_campaign_sending,
    test_campaign_unknown,
)
LEFT_OUT = {
    # About a file, its lock, or SQLite; or about a program that opens one.
    "test_any_message_is_kept_as_it_would_be_sent",
    "test_a_pause_survives_a_crash_and_is_no_lock",
    "test_a_second_process_is_refused_and_a_killed_one_leaves_the_lock_and_unknown_rows",
    "test_another_thread_is_refused",
    "test_ctrl_c_ends_a_program_with_a_line_that_says_how_far_it_is",
    "test_ctrl_c_finishes_the_batches_in_flight_and_leaves_a_clean_journal",
    "test_repeated_numbers_are_counted_in_steps_that_grow_with_the_rows_only",
    # The name of the campaign, and the log of claims beside the progress.
    "test_a_campaign_without_a_terminal_tells_the_log",
    "test_on_a_terminal_or_if_somebody_else_tells_it_the_log_stays_empty",
    "test_the_log_ends_with_what_others_have_done_meanwhile",
    # A rest of a batch stays a batch, the pace is shared, and the brake keeps time by the database's clock.
    "test_after_trouble_single_messages_lead_the_way",
    "test_a_rate_is_kept",
    "test_an_outage_makes_only_the_batches_unknown_that_met_its_beginning",
}

for module in SAME:
    for name, thing in vars(module).items():
        is_fixture = type(thing).__name__ == "FixtureFunctionDefinition"
        if (is_fixture or name.startswith("test_")) and name not in LEFT_OUT:
            globals()[name] = thing
