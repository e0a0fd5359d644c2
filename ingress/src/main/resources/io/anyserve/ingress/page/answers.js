// Answers that were started or followed on this page: what has come of each, and when. Pure functions on a Map by
// answer, which the events of the socket change; times are milliseconds and come from the caller.

/** What is known of an answer that has just been accepted, or is read again from its beginning. */
export function newAnswer(conversation, sentAt, resumed) {
  return { conversation, text: '', position: null, sentAt, firstAt: null, endedAt: null, resumed, stopping: false, state: 'running' };
}

/**
 * The answers after an event of the server; the same object where nothing changes. An ingress that stops ends no answer:
 * it goes on behind the next one.
 */
export function afterEvent(answers, event, now) {
  const answer = answers.get(event.answer);
  if (!answer || answer.state !== 'running') {
    return answers;
  }
  const next = changed(answer, event, now);
  return next === answer ? answers : new Map(answers).set(event.answer, next);
}

function changed(answer, event, now) {
  switch (event.type) {
    case 'delta':
      return { ...answer, text: answer.text + event.text, position: event.position, firstAt: answer.firstAt ?? now };
    case 'finished':
      return { ...answer, state: 'complete', endedAt: now, reason: event.finish_reason, usage: event.usage, cost: event.cost };
    case 'failed':
      if (event.error?.code === 'shutting_down') {
        return answer;
      }
      return answer.stopping && event.error?.code === 'cancelled'
        ? { ...answer, state: 'complete', endedAt: now, reason: 'cancelled' }
        : { ...answer, state: 'failed', endedAt: now, error: event.error };
    default:
      return answer;
  }
}

/** Those that still run, with the place behind what has come. */
export function running(answers) {
  return [...answers].filter(([, answer]) => answer.state === 'running');
}

/** Time to the first piece in ms, and pieces a second after it; only where this page saw the answer from its beginning. */
export function timing(answer) {
  if (answer.resumed || answer.firstAt === null) {
    return null;
  }
  const first = answer.firstAt - answer.sentAt;
  const spent = (answer.endedAt ?? answer.firstAt) - answer.firstAt;
  const tokens = (answer.usage?.completion_tokens ?? 0) - 1;
  return { first, perSecond: spent > 0 && tokens > 0 ? (tokens * 1000) / spent : null };
}
