package io.anyserve.worker.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.worker.answer.AnswerParser;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.StopStrings;
import io.anyserve.worker.engine.TextOffset;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** One answer being written. Owned by the engine's thread. */
final class SimulatedSequence {

  private static final TokenIds ECHO = TokenIds.of(0);

  private final SequenceRequest task;
  private final StopCriteria criteria;
  private final String prompt;
  private final boolean echo;
  private final SimulatedText words;
  private final SimulatedScript script;
  private final AnswerParser parser;
  private final StopStrings stops;
  private final WordPreferences preferences;
  private final TextOffset offset = new TextOffset();
  private final int limit;
  private final int naturalLength;
  private int position;
  private long dueAt;

  /**
   * @param limit tokens that the answer may have at most
   */
  SimulatedSequence(SequenceRequest task, String prompt, boolean echo, int limit, long dueAt) {
    this.task = task;
    this.criteria = task.parameters().stop();
    this.prompt = prompt;
    this.echo = echo;
    this.words = SimulatedText.of(prompt, task.parameters().sampling().seed());
    this.script = SimulatedScript.of(task.input());
    this.parser = SimulatedScript.parser(task.input());
    this.stops = new StopStrings(criteria.strings());
    this.preferences = WordPreferences.of(task.parameters());
    this.limit = limit;
    this.naturalLength = naturalLength();
    this.dueAt = dueAt;
    replay(task.written());
  }

  private int naturalLength() {
    if (script.ends()) {
      return script.pieces().size();
    }
    return criteria.ignoreEos()
        ? Integer.MAX_VALUE
        : Math.max(script.pieces().size() + words.naturalLength(), criteria.minTokens());
  }

  /** Of a token there. */
  private String text(int token, int at) {
    return at < script.pieces().size() ? script.pieces().get(at) : SimulatedText.text(token, at);
  }

  /** Brings filter and counts to where the earlier attempt left them. */
  private void replay(TokenIds written) {
    for (; position < written.size(); position++) {
      if (!echo) {
        preferences.count(written.get(position));
        String text = text(written.get(position), position);
        offset.push(text.getBytes(UTF_8));
        shown(parser.push(text));
      }
    }
  }

  long executionId() {
    return task.executionId();
  }

  String prompt() {
    return prompt;
  }

  /** Tokens written, those of earlier attempts included. */
  int position() {
    return position;
  }

  long dueAt() {
    return dueAt;
  }

  /** Writes the next token and says when the one after it is due. True when the answer is over. */
  boolean advance(StepListener listener, long interval) {
    dueAt += interval;
    return echo ? echo(listener) : word(listener);
  }

  private boolean echo(StepListener listener) {
    if (position == 0) {
      listener.payload(executionId(), ECHO, task.input());
      position++;
    }
    listener.ended(executionId(), FinishReason.STOP);
    return true;
  }

  private boolean word(StepListener listener) {
    if (stops.stopped() || parser.complete() || position >= Math.min(limit, naturalLength)) {
      listener.ended(executionId(), reason());
      return true;
    }
    int token = preferences.next(words, position);
    if (criteria.tokens().contains(token) && position >= criteria.minTokens()) {
      listener.tokens(executionId(), TokenIds.NONE, rest(), List.of());
      listener.ended(executionId(), FinishReason.STOP);
      return true;
    }
    preferences.count(token);
    List<PositionLogprobs> logprobs = logprobs(token);
    AnswerDelta shown = shown(parser.push(text(token, position)));
    position++;
    boolean last =
        stops.stopped() || parser.complete() || position >= Math.min(limit, naturalLength);
    if (last) {
      shown = shown.plus(rest());
    }
    listener.tokens(executionId(), TokenIds.of(token), shown, logprobs);
    if (last) {
      listener.ended(executionId(), reason());
    }
    return last;
  }

  /** Of the word at the position; a stop string cannot end what is too short. */
  private AnswerDelta shown(AnswerDelta delta) {
    return position + 1 < criteria.minTokens() ? delta : delta.with(stops.push(delta.text()));
  }

  /** What was held back. */
  private AnswerDelta rest() {
    return shown(parser.flush()).plus(AnswerDelta.text(stops.flush()));
  }

  private List<PositionLogprobs> logprobs(int token) {
    OptionalInt top = task.parameters().logprobs();
    if (top.isEmpty()) {
      return List.of();
    }
    double[] all = words.logprobs(position);
    List<TokenLogprob> best =
        IntStream.range(0, all.length)
            .mapToObj(word -> logprob(word, all))
            .sorted(Comparator.comparingDouble(TokenLogprob::logprob).reversed())
            .limit(top.getAsInt())
            .toList();
    int begins = offset.push(text(token, position).getBytes(UTF_8));
    return List.of(new PositionLogprobs(logprob(token, all), best, begins));
  }

  private TokenLogprob logprob(int word, double[] all) {
    ByteString piece = ByteString.copyFromUtf8(text(word, position));
    return new TokenLogprob(word, piece, (float) all[word]);
  }

  private FinishReason reason() {
    boolean ended = stops.stopped() || parser.complete() || position >= naturalLength;
    if (!ended) {
      return FinishReason.LENGTH;
    }
    return parser.called() ? FinishReason.TOOL_CALLS : FinishReason.STOP;
  }

  /** The input as text, as far as it is text. */
  static String prompt(Payload input) {
    return switch (input) {
      case Payload.Text(String text) -> text;
      case Payload.Chat chat -> conversation(chat);
      case Payload.Bytes data ->
          data.contentType().startsWith("text/")
              ? data.bytes().toStringUtf8()
              : data.contentType() + " " + data.bytes().hashCode();
      case Payload.ObjectReference stored ->
          throw new IllegalArgumentException(
              "input: " + stored.object().key() + " (expected: content, not a reference)");
    };
  }

  private static String conversation(Payload.Chat chat) {
    var text = new StringBuilder();
    chat.messages()
        .forEach(
            message ->
                text.append(message.role()).append(": ").append(message.content()).append('\n'));
    return text.toString();
  }
}
