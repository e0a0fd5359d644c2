package io.anyserve.worker.simulated;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.worker.answer.AnswerParsers;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.VocabularyLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Writes words at a chosen pace instead of running a model. */
final class SimulatedEngine implements Engine {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final VocabularyLimit WORDS = new VocabularyLimit(SimulatedText.words());

  private final Description description;
  private final SimulatedConfig settings;
  private final LongSupplier nanos;
  private final List<SimulatedSequence> sequences = new ArrayList<>();
  private final PrefixCache prefixes;
  private final long interval;
  private final long readyAt;

  SimulatedEngine(Description description, SimulatedConfig settings, LongSupplier nanos) {
    this.description = description;
    this.settings = settings;
    this.nanos = nanos;
    this.prefixes = new PrefixCache(settings.prefixCache());
    this.interval =
        settings.tokenRate() == 0 ? 0 : (long) (NANOS_PER_SECOND / settings.tokenRate());
    this.readyAt = nanos.getAsLong() + settings.load().toNanos();
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Admission admit(SequenceRequest task) {
    if (sequences.size() >= description.slots()) {
      throw new IllegalStateException(
          "slots in use: "
              + sequences.size()
              + " (expected: fewer than "
              + description.slots()
              + ")");
    }
    requireOffered(task);
    String prompt = SimulatedSequence.prompt(task.input());
    int length = length(task.input(), prompt);
    int most = Math.min(task.parameters().maxTokens(), contextLeft(length));
    int cached = cached(task, prompt);
    long dueAt = Math.max(nanos.getAsLong(), readyAt) + prefill(length, cached);
    sequences.add(new SimulatedSequence(task, prompt, settings.echo(), most, dueAt));
    return new Admission(length, cached);
  }

  /** What is echoed has no words. */
  private void requireOffered(SequenceRequest task) {
    WORDS.require("logit_bias", TokenIds.of(task.parameters().logitBias().tokens()));
    WORDS.require("stop_token_ids", task.parameters().stop().tokenIds());
    if (!(task.parameters().format() instanceof OutputFormat.Text)) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "output_format: set (expected: any text, the simulated model writes its own words)");
    }
    AnswerParsers parsers = settings.echo() ? AnswerParsers.PLAIN : SimulatedScript.PARSERS;
    parsers.requireOffered(task.input());
    parsers.requireFreeChoice(task.input());
    boolean asks =
        task.parameters().logprobs().isPresent() || !task.parameters().logitBias().none();
    if (settings.echo() && asks) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "logprobs, logit_bias: set (expected: neither, the model answers with data)");
    }
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return PromptWords.ids(input);
  }

  @Override
  public String detokenize(TokenIds tokens) {
    PromptWords.LIMIT.require("tokens", tokens);
    return PromptWords.text(tokens);
  }

  private int cached(SequenceRequest task, String prompt) {
    return switch (task.input()) {
      case Payload.Text _, Payload.Chat _ -> prefixes.take(task.tenant(), prompt);
      case Payload.Bytes _, Payload.ObjectReference _ -> 0;
    };
  }

  /** Nanoseconds: what is cached takes none. */
  private long prefill(int length, int cached) {
    long whole = settings.prefill().toNanos();
    return cached == 0 ? whole : (long) (whole * ((double) (length - cached) / length));
  }

  /** Tokens of a prompt: its words; one for what is not text. */
  private static int length(Payload input, String prompt) {
    return switch (input) {
      case Payload.Text _, Payload.Chat _ -> PromptWords.count(prompt);
      case Payload.Bytes _, Payload.ObjectReference _ -> 1;
    };
  }

  /** Tokens that the context leaves for the answer. */
  private int contextLeft(int promptLength) {
    int context = settings.contextLength();
    if (context == 0) {
      return Integer.MAX_VALUE;
    }
    if (promptLength >= context) {
      throw new FailureException(
          FailureCode.CONTEXT_LENGTH_EXCEEDED,
          "prompt: " + promptLength + " tokens (expected: fewer than " + context + ")");
    }
    return context - promptLength;
  }

  @Override
  public void step(StepListener listener) {
    long now = nanos.getAsLong();
    int kept = 0;
    for (SimulatedSequence sequence : sequences) {
      boolean over = false;
      if (sequence.dueAt() - now <= 0) {
        settings.faults().strike(sequence.prompt(), sequence.position());
        over = sequence.advance(listener, interval);
      }
      if (!over) {
        sequences.set(kept++, sequence);
      }
    }
    sequences.subList(kept, sequences.size()).clear();
  }

  @Override
  public long nanosToNextStep() {
    if (sequences.isEmpty()) {
      return 0;
    }
    long now = nanos.getAsLong();
    long least = Long.MAX_VALUE;
    for (SimulatedSequence sequence : sequences) {
      least = Math.min(least, sequence.dueAt() - now);
    }
    return Math.max(0, least);
  }

  @Override
  public void cancel(long executionId) {
    sequences.removeIf(sequence -> sequence.executionId() == executionId);
  }

  @Override
  public void close() {
    sequences.clear();
  }
}
