import helpers
from helpers import balance, send
from settings import sms as client

send("One")
helpers.send("Two", via=client)
print(balance())
client.replies.check()
client.close()
