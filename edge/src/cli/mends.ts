/** What went wrong, in words for whoever sits in the car, with the mend. */

const MENDS: readonly (readonly [RegExp, string])[] = [
  [/^CA_FILE/, 'name the file with the certificate of your authority (PEM)'],
  [/ENOENT|No such file/i, 'it is not there: is it plugged in, or paired? `ls /dev/tty*` lists what is'],
  [/EACCES|permission denied/i, 'it may not be opened: sudo usermod -aG dialout $USER, then log in again'],
  [
    /EBUSY|cannot lock|resource temporarily/i,
    'another program has it: stop that first (ModemManager, an open terminal)',
  ],
  [/ECONNREFUSED/, 'nothing listens there: is it running, is the port right?'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|does not answer/, 'it can not be reached: is this machine in its network?'],
  [/ENOTFOUND|EAI_AGAIN/, 'the name is not known here: is it spelled right, is there a network?'],
  [/CERT|certificate|SELF_SIGNED/i, 'its certificate is not trusted: set CA_FILE to that of your authority'],
  [/unauthorized/, 'the key is not known there: make one with `npx fleet keys add`, on the server, and set DEVICE_KEY'],
  [/somebody else answers/, 'something else answers: log in to this Wi-Fi with a browser, or mend SERVER_URL'],
  [/no answer within|no ELM327/, 'it does not speak as an ELM327 does: is it the right port, is the baud rate 38400?'],
];

/** One line. */
export function mendFor(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  const text = `${code} ${message}`.trim();
  const [, mend] = MENDS.find(([words]) => words.test(text)) ?? [];
  return mend === undefined ? message : `${message}: ${mend}`;
}
