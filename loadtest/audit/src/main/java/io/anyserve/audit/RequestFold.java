package io.anyserve.audit;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.Optional;

/**
 * What the records of one request amount to, in the order of the log. Written from the rules and
 * not with the code under test: an execution begins with its Started; of two executions the one
 * with the higher attempt counts, of two with the same attempt the later one; a chunk counts when
 * it is its execution's next; the first end of the execution that counts is the end, and nothing
 * counts after it. The prompt is as long as the first execution that counts says and knows. Not
 * thread-safe.
 */
public final class RequestFold {

  private final boolean keepsText;
  private final StringBuilder text = new StringBuilder(0);
  private final StringBuilder history = new StringBuilder(0);
  private int attempt;
  private long executionId;
  private long chunks;
  private long tokens;
  private int holes;
  private int ends;
  private long laterExecution;
  private boolean again;
  private boolean beganAnew;
  private long promptTokens;
  private Optional<Started> begin = Optional.empty();
  private Optional<RequestContext> context = Optional.empty();
  private Optional<Terminal> end = Optional.empty();

  RequestFold() {
    this(true);
  }

  /**
   * @param keepsText or only counts
   */
  RequestFold(boolean keepsText) {
    this.keepsText = keepsText;
  }

  void apply(TokenRecord record) {
    switch (record.event()) {
      case Started started -> started(record, started);
      case Chunk chunk -> chunk(record, chunk);
      case Terminal terminal -> terminal(record, terminal);
      case Released _, TokenEvent.DuplicateSubmission _ -> {}
    }
  }

  private void started(TokenRecord record, Started started) {
    remember("S", record);
    if (ends > 0) {
      laterExecution = record.executionId();
      return;
    }
    if (record.attempt() < 1 || record.attempt() < attempt || superseded(record, started)) {
      return;
    }
    beganAnew = record.attempt() == attempt && (beganAnew || record.executionId() != executionId);
    attempt = record.attempt();
    executionId = record.executionId();
    begin = Optional.of(started);
    context = context.or(() -> Optional.of(started.context()));
    promptTokens = promptTokens == 0 ? started.promptTokens() : promptTokens;
  }

  /** Written again by an execution after another one with the same attempt began. */
  private boolean superseded(TokenRecord record, Started started) {
    return started.again() && record.attempt() == attempt && !counts(record);
  }

  private void chunk(TokenRecord record, Chunk chunk) {
    if (ends > 0 || attempt == 0 || !counts(record) || chunk.sequence() < chunks) {
      return;
    }
    if (chunk.sequence() > chunks) {
      holes++;
      return;
    }
    chunks++;
    tokens += chunk.tokens().size();
    if (keepsText) {
      text.append(chunk.text());
    }
  }

  private void terminal(TokenRecord record, Terminal terminal) {
    remember(terminal.outcome().name().substring(0, 2), record);
    if (ends > 0) {
      endedBefore(record);
      return;
    }
    if (counts(record)) {
      ends = 1;
      end = Optional.of(terminal);
      context = context.or(terminal::context);
      text.trimToSize();
    }
  }

  /**
   * An end that comes after the end. One of attempt 0 says that nobody took the request: it belongs
   * to no execution, and whoever gets the request again says the same.
   */
  private void endedBefore(TokenRecord record) {
    boolean nobodys = attempt == 0 && record.attempt() == 0;
    ends += counts(record) && !nobodys ? 1 : 0;
    again |= nobodys || (!counts(record) && record.executionId() == laterExecution);
  }

  private boolean counts(TokenRecord record) {
    return record.attempt() == attempt && record.executionId() == executionId;
  }

  private void remember(String what, TokenRecord record) {
    history
        .append(history.isEmpty() ? "" : " ")
        .append(what)
        .append(record.attempt())
        .append('/')
        .append(Long.toHexString(record.executionId() & 0xFFFF));
  }

  /** Its Started (S) and terminal events in the order of the log, with attempt and execution. */
  public String history() {
    return history.toString();
  }

  /** Terminal events that no rule makes void: exactly one in the end. */
  public int ends() {
    return ends;
  }

  /** An execution that began after the end worked to its own: void, and work for nothing. */
  public boolean again() {
    return again;
  }

  /** Chunks of the execution that counts which skipped one. */
  int holes() {
    return holes;
  }

  public long chunks() {
    return chunks;
  }

  public long tokens() {
    return tokens;
  }

  /** Of the execution that counts; 0 where nobody took the request. */
  public int attempts() {
    return attempt;
  }

  /** How the execution that counts began; empty where nobody took the request. */
  public Optional<Started> begin() {
    return begin;
  }

  /**
   * The execution that counts has the number of one before it: it did not read what that one wrote,
   * and its end may claim less than counts.
   */
  boolean beganAnew() {
    return beganAnew;
  }

  /** What counts, and of the prompt that counts what the end says was cached. */
  public TokenUsage usage() {
    long cached = end.map(it -> it.usage().cached()).orElse(0L);
    return new TokenUsage(promptTokens, tokens, Math.min(cached, promptTokens));
  }

  /** As the first execution that counts says and knows. */
  public long promptTokens() {
    return promptTokens;
  }

  public String text() {
    return text.toString();
  }

  public Optional<Terminal> end() {
    return end;
  }

  public Optional<Outcome> outcome() {
    return end.map(Terminal::outcome);
  }

  /** The whole output of an end, where it carries one as text. */
  public static Optional<String> output(Terminal terminal) {
    return switch (terminal) {
      case Finished finished ->
          finished
              .output()
              .flatMap(
                  payload ->
                      payload instanceof Payload.Text(String whole)
                          ? Optional.of(whole)
                          : Optional.empty());
      case Failed _, Cancelled _ -> Optional.empty();
    };
  }

  Optional<RequestContext> context() {
    return context;
  }
}
