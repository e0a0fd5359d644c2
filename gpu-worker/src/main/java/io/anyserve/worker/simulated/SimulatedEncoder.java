package io.anyserve.worker.simulated;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Makes vectors of words at a chosen pace instead of running a model. */
final class SimulatedEncoder implements Engine {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Description description;
  private final SimulatedConfig settings;
  private final LongSupplier nanos;
  private final WordVectors vectors;
  private final List<SimulatedEmbedding> running = new ArrayList<>();
  private final double nanosPerToken;
  private final long readyAt;

  SimulatedEncoder(Description description, SimulatedConfig settings, LongSupplier nanos) {
    this.description = description;
    this.settings = settings;
    this.nanos = nanos;
    this.vectors = new WordVectors(description.embeddingDimensions());
    this.nanosPerToken = settings.tokenRate() == 0 ? 0 : NANOS_PER_SECOND / settings.tokenRate();
    this.readyAt = nanos.getAsLong() + settings.load().toNanos();
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Admission admit(SequenceRequest task) {
    throw new UnsupportedOperationException(
        description.model() + " embeds texts (expected: a model that writes text)");
  }

  @Override
  public Admission embed(EmbeddingRequest task) {
    if (running.size() >= description.slots()) {
      throw new IllegalStateException(
          "slots in use: "
              + running.size()
              + " (expected: fewer than "
              + description.slots()
              + ")");
    }
    List<List<String>> texts = new ArrayList<>();
    for (int i = 0; i < task.inputs().size(); i++) {
      texts.add(words("inputs[" + i + "]", task.inputs().get(i)));
    }
    long dueAt = Math.max(nanos.getAsLong(), readyAt) + settings.prefill().toNanos();
    running.add(new SimulatedEmbedding(task, texts, vectors, dueAt));
    return new Admission(texts.stream().mapToLong(SimulatedEmbedding::tokens).sum(), 0);
  }

  private List<String> words(String name, EmbeddingInput input) {
    List<String> words =
        switch (input) {
          case OfText(String text) -> PromptWords.words(text);
          case OfTokens(TokenIds tokens) -> {
            PromptWords.LIMIT.require(name, tokens);
            yield PromptWords.words(PromptWords.text(tokens));
          }
        };
    int context = settings.contextLength();
    if (context > 0 && words.size() > context) {
      throw new FailureException(
          FailureCode.CONTEXT_LENGTH_EXCEEDED,
          name + ": " + words.size() + " tokens (expected: at most " + context + ")");
    }
    return words;
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

  @Override
  public void step(StepListener listener) {
    long now = nanos.getAsLong();
    running.removeIf(one -> one.dueAt() - now <= 0 && advance(one, listener));
  }

  private boolean advance(SimulatedEmbedding embedding, StepListener listener) {
    settings.faults().strike(embedding.prompt(), embedding.embedded());
    return embedding.advance(listener, nanosPerToken);
  }

  @Override
  public long nanosToNextStep() {
    long now = nanos.getAsLong();
    return running.stream()
        .mapToLong(embedding -> Math.max(0, embedding.dueAt() - now))
        .min()
        .orElse(0);
  }

  @Override
  public void cancel(long executionId) {
    running.removeIf(embedding -> embedding.executionId() == executionId);
  }

  @Override
  public void close() {
    running.clear();
  }
}
