package io.anyserve.worker.torch;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.worker.engine.StopStrings;
import io.anyserve.worker.engine.TextOffset;
import io.anyserve.worker.torch.model.GenerationConfig;
import io.anyserve.worker.torch.speculation.PromptLookup;
import io.anyserve.worker.torch.text.AnswerDecoder;
import io.anyserve.worker.torch.text.Vocabulary;
import io.anyserve.worker.torch.vision.PromptImages;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making: its tokens so far, the text that may be shown, and why it ended.
 *
 * <p>All of it is a function of the tokens, so that an answer continued elsewhere goes on as if it
 * had never been interrupted. Owned by the engine thread.
 */
final class Generation {

  private final TokenChoice choice;
  private final Optional<OutputConstraint> constraint;
  private final Vocabulary table;
  private final Set<Integer> endTokens;
  private final int minTokens;
  private final int longest;
  private final AnswerDecoder decoder;
  private final StopStrings stops;
  private final TextOffset offset = new TextOffset();

  private final Optional<PromptImages> images;
  private final int promptLength;
  private int[] tokens;
  private int length;

  /** Where the last token begins in the text. */
  private int tokenOffset;

  private @Nullable FinishReason finish;

  /**
   * What one more token brought.
   *
   * @param kept whether the token belongs to the answer: one that ends it does not
   * @param delta newly shown, possibly empty
   * @param finish why the answer is complete now, null while it goes on
   * @param logprobs of the token, where the answer asks for them and the token belongs to it
   */
  record Piece(
      boolean kept,
      AnswerDelta delta,
      @Nullable FinishReason finish,
      List<PositionLogprobs> logprobs) {

    Piece(boolean kept, AnswerDelta delta, @Nullable FinishReason finish) {
      this(kept, delta, finish, List.of());
    }

    Piece(boolean kept, String text, @Nullable FinishReason finish) {
      this(kept, AnswerDelta.text(text), finish);
    }
  }

  /** An answer that is text. */
  Generation(int[] prompt, GenerationParameters parameters, GenerationContext context) {
    this(
        prompt,
        parameters,
        context,
        AnswerDecoder.plain(context.table()),
        context.constraints().grammar(parameters.format()),
        Optional.empty());
  }

  /**
   * @param prompt below 0 where an image is
   * @param decoder new
   * @param grammar that the answer keeps to
   * @param images of the prompt
   */
  Generation(
      int[] prompt,
      GenerationParameters parameters,
      GenerationContext context,
      AnswerDecoder decoder,
      Optional<OutputGrammar> grammar,
      Optional<PromptImages> images) {
    SamplingParams sampling = parameters.sampling().resolve(context.config().sampling());
    StopCriteria stop = parameters.stop();
    this.endTokens = endTokens(stop, context.config());
    this.minTokens = stop.minTokens();
    var adjustments =
        new LogitAdjustments(
            parameters.logitBias(), sampling.penalties(), endTokens, stop.minTokens());
    adjustments.addPrompt(tokensOf(prompt, images));
    this.constraint = grammar.map(kept -> context.constraints().of(kept, endTokens));
    this.choice = new TokenChoice(sampling, adjustments, parameters.logprobs(), constraint);
    this.table = context.table();
    this.longest = (int) Math.min(context.length(), (long) prompt.length + parameters.maxTokens());
    this.decoder = decoder;
    this.stops = new StopStrings(stop.strings());
    this.images = images;
    this.promptLength = prompt.length;
    this.tokens = Arrays.copyOf(prompt, Math.min(longest, prompt.length + 64));
    this.length = prompt.length;
    if (complete()) {
      finish = FinishReason.STOP;
    } else if (stuck()) {
      finish = FinishReason.LENGTH;
    }
  }

  private static int[] tokensOf(int[] prompt, Optional<PromptImages> images) {
    return images.isEmpty()
        ? prompt
        : Arrays.stream(prompt)
            .map(token -> token < 0 ? images.get().imageToken() : token)
            .toArray();
  }

  /** The model's own unless the caller goes on past them, and the caller's. */
  private static Set<Integer> endTokens(StopCriteria stop, GenerationConfig config) {
    Set<Integer> ends = new TreeSet<>(stop.tokens());
    ends.addAll(stop.ignoreEos() ? Set.of() : config.endTokens());
    return ends;
  }

  /** Takes the next token and what is known of it; not after the answer is complete. */
  Piece accept(NextToken next) {
    Piece piece = accept(next.id());
    if (!piece.kept() || next.ranking().isEmpty()) {
      return piece;
    }
    PositionLogprobs told = logprobs(next.id(), next.ranking().get());
    return new Piece(true, piece.delta(), piece.finish(), List.of(told));
  }

  private PositionLogprobs logprobs(int token, NextToken.Ranking ranking) {
    return new PositionLogprobs(
        new TokenLogprob(token, table.piece(token), ranking.logprob()),
        ranking.top().stream()
            .map(one -> new TokenLogprob(one.token(), table.piece(one.token()), one.logprob()))
            .toList(),
        tokenOffset);
  }

  /**
   * Takes the next token; not after the answer is complete. One that the output format does not
   * allow can only come where the request itself has taken away all that are allowed.
   */
  Piece accept(int token) {
    if (finish != null) {
      throw new IllegalStateException("token " + token + " after the end (expected: none)");
    }
    if (endTokens.contains(token)) {
      return ended(false, AnswerDelta.NOTHING, FinishReason.STOP);
    }
    if (constraint.isPresent() && !constraint.get().accept(token)) {
      return ended(false, AnswerDelta.NOTHING, FinishReason.LENGTH);
    }
    append(token);
    AnswerDelta shown = shown(decoder.push(token));
    if (stops.stopped()) {
      finish = reason(FinishReason.STOP);
      return new Piece(true, shown, finish);
    }
    if (decoder.complete() || complete()) {
      return ended(true, shown, FinishReason.STOP);
    }
    return length >= longest || stuck()
        ? ended(true, shown, FinishReason.LENGTH)
        : new Piece(true, shown, null);
  }

  /** Whether a part of the prompt can be had at once. */
  boolean ready() {
    return images.isEmpty() || images.get().ready();
  }

  /**
   * A part of the prompt, from one position up to another.
   *
   * @throws io.anyserve.contracts.FailureException where an image in it is damaged
   */
  PromptPart part(int from, int to) {
    int[] part = tokens(from, to);
    return images.isEmpty()
        ? PromptPart.text(part)
        : new PromptPart(part, images.get().vectors(from, to));
  }

  /** The prompt is read, and its images are not needed any more. */
  void promptRead() {
    images.ifPresent(PromptImages::release);
  }

  /**
   * Tokens of prompt and answer, from one position up to another. In the place of an image is a
   * number below 0 that stands for its content.
   */
  int[] tokens(int from, int to) {
    return Arrays.copyOfRange(tokens, from, to);
  }

  /** Tokens of prompt and answer. */
  int length() {
    return length;
  }

  boolean answered() {
    return length > promptLength;
  }

  int last() {
    return tokens[length - 1];
  }

  int promptLength() {
    return promptLength;
  }

  /**
   * How it may go on, at most so far; nothing where the choice of a token depends on more than its
   * position.
   */
  int[] guess(int most) {
    return choice.adjustments().constant() && constraint.isEmpty()
        ? PromptLookup.guess(tokens, length, Math.min(most, longest - length))
        : new int[0];
  }

  /** How each of its tokens is chosen. */
  TokenChoice choice() {
    return choice;
  }

  @Nullable FinishReason finish() {
    return finish;
  }

  /** Whether the output format leaves nothing to add. */
  private boolean complete() {
    return constraint.isPresent() && constraint.get().complete();
  }

  /** Whether the vocabulary cannot spell what the output format demands. */
  private boolean stuck() {
    return constraint.isPresent() && constraint.get().stuck();
  }

  private Piece ended(boolean kept, AnswerDelta shown, FinishReason why) {
    AnswerDelta rest = shown(decoder.flush());
    finish = reason(why);
    return new Piece(kept, shown.plus(rest).plus(AnswerDelta.text(stops.flush())), finish);
  }

  /** Stop strings are looked for in the text alone, and cannot end what is too short. */
  private AnswerDelta shown(AnswerDelta delta) {
    return length - promptLength < minTokens ? delta : delta.with(stops.push(delta.text()));
  }

  private FinishReason reason(FinishReason why) {
    return why == FinishReason.STOP && decoder.called() ? FinishReason.TOOL_CALLS : why;
  }

  private void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.min(longest, 2 * length));
    }
    tokens[length++] = token;
    choice.adjustments().add(token);
    if (choice.ranked().isPresent()) {
      tokenOffset = offset.push(table.bytes(token));
    }
  }
}
