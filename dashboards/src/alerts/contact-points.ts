/**
 * Where messages go: one contact point, a file for each way, of which only those are put in place whose environment
 * variables are set: Grafana refuses an empty address, and then does not start.
 */

/** A way to send messages. */
export interface Way {
  readonly id: string;
  readonly type: 'telegram' | 'email' | 'webhook';
  /** Environment variables of Grafana that have to be set, and those that may be. */
  readonly needs: readonly string[];
  readonly may?: readonly string[];
  readonly settings: Readonly<Record<string, string | boolean>>;
  /** For people. */
  readonly about: string;
}

/** The contact point that the policy names. */
export const CONTACT_POINT = 'Fleet Telemetry';

/** Of each alert what is wrong, what to do, where. */
const MESSAGE = [
  '{{ range .Alerts }}{{ if eq .Status "firing" }}{{ .Annotations.summary }}\n{{ .Annotations.description }}',
  '{{ else }}Over: {{ .Labels.alertname }} {{ .Labels.vin }}{{ end }}\n\n{{ end }}',
].join('');

const TITLE = '{{ .CommonLabels.alertname }}{{ if .CommonLabels.vin }}: {{ .CommonLabels.vin }}{{ end }}';

export const WAYS: readonly Way[] = [
  {
    id: 'telegram',
    type: 'telegram',
    needs: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID'],
    settings: { bottoken: '$TELEGRAM_BOT_TOKEN', chatid: '$TELEGRAM_CHAT_ID', parse_mode: 'None', message: MESSAGE },
    about: 'A bot of your own, made with @BotFather, that was let into the chat.',
  },
  {
    id: 'email',
    type: 'email',
    needs: ['ALERT_EMAILS'],
    settings: { addresses: '$ALERT_EMAILS', singleEmail: true, subject: TITLE, message: MESSAGE },
    about: 'Addresses with commas between. Grafana itself needs SMTP: `GF_SMTP_ENABLED`, `GF_SMTP_HOST` and so on.',
  },
  {
    id: 'webhook',
    type: 'webhook',
    needs: ['ALERT_WEBHOOK_URL'],
    may: ['ALERT_WEBHOOK_TOKEN'],
    settings: {
      url: '$ALERT_WEBHOOK_URL',
      httpMethod: 'POST',
      authorization_credentials: '$ALERT_WEBHOOK_TOKEN',
      title: TITLE,
      message: MESSAGE,
    },
    about: "Grafana's JSON is posted there, with the token as a bearer token if there is one.",
  },
  {
    id: 'ntfy',
    type: 'webhook',
    needs: ['NTFY_URL'],
    may: ['NTFY_TOKEN'],
    settings: {
      url: '$NTFY_URL?template=grafana',
      httpMethod: 'POST',
      authorization_credentials: '$NTFY_TOKEN',
      title: TITLE,
      message: MESSAGE,
    },
    about: "A topic's address, such as `https://ntfy.sh/some-name-hard-to-guess`; ntfy 2.14 or newer.",
  },
];

/** The file of one way. */
export function contactPointFile({ id, type, settings }: Way) {
  const receiver = { uid: `fleet-${id}`, type, settings, disableResolveMessage: false };
  return { apiVersion: 1, contactPoints: [{ orgId: 1, name: CONTACT_POINT, receivers: [receiver] }] };
}

/** Which alerts are told together, and how often again. It takes the place of the whole tree of policies. */
export const POLICY_FILE = {
  apiVersion: 1,
  policies: [
    {
      orgId: 1,
      receiver: CONTACT_POINT,
      group_by: ['alertname', 'vin'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [{ receiver: CONTACT_POINT, object_matchers: [['severity', '=', 'info']], repeat_interval: '7d' }],
    },
  ],
};
