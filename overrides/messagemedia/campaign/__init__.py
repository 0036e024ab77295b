"""Campaigns: many messages from a file or a program, each sent at most once, whatever happens on the way.

    from messagemedia import Client
    from messagemedia.campaign import Campaign, read_csv

    with Client() as client, Campaign("spring.journal") as campaign:
        campaign.add(read_csv("people.csv", content="Hi {name}", key="customer_id"))
        print(campaign.plan())  # nothing is sent yet
        try:
            print(campaign.send(client))  # after a crash or Ctrl-C, run it again to continue
        finally:
            campaign.write_results("results.csv")

`Campaign` explains the rules.
"""

from messagemedia.campaign.adding import Added
from messagemedia.campaign.campaign import Campaign
from messagemedia.campaign.entries import Record, State
from messagemedia.campaign.errors import (
    CampaignError,
    JournalError,
    JournalInUseError,
    JournalNotFoundError,
    PausedError,
    RowsError,
    StalledError,
)
from messagemedia.campaign.planning import Plan
from messagemedia.campaign.progress import ProgressBar
from messagemedia.campaign.results import write_results
from messagemedia.campaign.rows import Row, read_csv
from messagemedia.campaign.status import Leased, Status
from messagemedia.campaign.summary import Summary

__all__ = [
    "Added",
    "Campaign",
    "CampaignError",
    "JournalError",
    "JournalInUseError",
    "JournalNotFoundError",
    "Leased",
    "PausedError",
    "Plan",
    "ProgressBar",
    "Record",
    "Row",
    "RowsError",
    "StalledError",
    "State",
    "Status",
    "Summary",
    "read_csv",
    "write_results",
]
