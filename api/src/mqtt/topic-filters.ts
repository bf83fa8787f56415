/** Topic filters as MQTT has them: `+` is any one level, `#` all that follow (MQTT 3.1.1 §4.7). */

/** Whether everything that a filter or a topic matches is matched by another filter too. */
export function covers(filter: string, other: string): boolean {
  const wanted = other.split('/');
  const levels = filter.split('/');
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true;
    const given = wanted[at];
    if (given === undefined || given === '#' || (level !== given && level !== '+')) return false;
  }
  return levels.length === wanted.length;
}

/** Whether a text may be a topic that is published to: no wildcards, not the broker's own. */
export function isPlainTopic(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && !topic.startsWith('$');
}
