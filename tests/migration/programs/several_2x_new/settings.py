import os

from messagemedia import Client

sms = Client("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"])
