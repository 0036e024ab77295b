// Does what it is told with the official SDK: one JSON object per line in, one out.
'use strict';

const lib = require('messagemedia-messages-sdk');
const moment = require('moment');

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const times = ['scheduled', 'message_expiry_timestamp'];

const steps = {
  configure({ base_url, key, secret, hmac }) {
    lib.Configuration.BASEURI = base_url;
    lib.Configuration.basicAuthUserName = hmac ? '' : key;
    lib.Configuration.basicAuthPassword = hmac ? '' : secret;
    lib.Configuration.hmacAuthUserName = hmac ? key : '';
    lib.Configuration.hmacAuthPassword = hmac ? secret : '';
  },
  another_client({ key, secret }) {
    lib.Configuration.hmacAuthUserName = key;
    lib.Configuration.hmacAuthPassword = secret;
  },
  async send({ messages }) {
    const body = new lib.SendMessagesRequest();
    body.messages = messages.map((fields) => {
      const message = new lib.Message();
      for (const [name, value] of Object.entries(fields)) {
        message[camel(name)] = times.includes(name) ? moment(value).parseZone(value) : value;
      }
      return message;
    });
    return (await lib.MessagesController.sendMessages(body)).messages.map(plain);
  },
  async status({ message_id }) {
    return plain(await lib.MessagesController.getMessageStatus(message_id));
  },
  cancel({ message_id }) {
    const body = new lib.CancelScheduledMessageRequest();
    body.status = 'cancelled';
    return lib.MessagesController.cancelScheduledMessage(message_id, body);
  },
  credits_remaining() {
    return lib.MessagesController.checkCreditsRemaining();
  },
  async check_replies() {
    return (await lib.RepliesController.checkReplies()).replies.map(plain);
  },
  confirm_replies({ ids }) {
    const body = new lib.ConfirmRepliesAsReceivedRequest();
    body.replyIds = ids;
    return lib.RepliesController.confirmRepliesAsReceived(body);
  },
  async check_reports() {
    return (await lib.DeliveryReportsController.checkDeliveryReports()).deliveryReports.map(plain);
  },
  confirm_reports({ ids }) {
    const body = new lib.ConfirmDeliveryReportsAsReceivedRequest();
    body.deliveryReportIds = ids;
    return lib.DeliveryReportsController.confirmDeliveryReportsAsReceived(body);
  },
};

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const plain = (model) => Object.fromEntries(Object.entries(model).map(([name, value]) => [snake(name), value]));
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const sayError = (error) => say({
  error: (error && error.constructor && error.constructor.name) || typeof error,
  message: String((error && (error.errorMessage || error.message)) || error),
  status: (error && error.errorCode) || null,
});

// The SDK reads answers in a callback of its own, where no promise catches what goes wrong.
process.on('uncaughtException', sayError);

require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, args] = JSON.parse(line);
  try {
    const result = await steps[name](args);
    say({ result: result === undefined ? null : result });
  } catch (error) {
    sayError(error);
  }
});
