package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tokens of each execution as they come, and what is told of them. */
final class Answers implements GenerationBatch.Listener {

  private static final TenantId ACME = new TenantId("acme");

  private final Map<Long, List<Integer>> tokens = new HashMap<>();
  private final Map<Long, List<PositionLogprobs>> logprobs = new HashMap<>();
  private int guessed;
  private int right;

  /** What these generate together, from the first step on. */
  static List<List<Integer>> of(TorchModel model, List<Generation> generations) {
    GenerationBatch batch = model.batch();
    var answers = new Answers();
    for (int executionId = 0; executionId < generations.size(); executionId++) {
      batch.add(executionId, ACME, generations.get(executionId));
    }
    while (!batch.idle()) {
      batch.step(answers);
    }
    List<List<Integer>> found = new ArrayList<>();
    for (long executionId = 0; executionId < generations.size(); executionId++) {
      found.add(answers.tokens.getOrDefault(executionId, List.of()));
    }
    return found;
  }

  Map<Long, List<Integer>> tokens() {
    return tokens;
  }

  Map<Long, List<PositionLogprobs>> logprobs() {
    return logprobs;
  }

  /** Tokens that were guessed. */
  int guessed() {
    return guessed;
  }

  /** Of them, those that were right. */
  int right() {
    return right;
  }

  @Override
  public void piece(long executionId, int token, Generation.Piece piece) {
    tokens.computeIfAbsent(executionId, unseen -> new ArrayList<>()).add(token);
    logprobs.computeIfAbsent(executionId, unseen -> new ArrayList<>()).addAll(piece.logprobs());
  }

  @Override
  public void guessed(int count, int ofThemRight) {
    guessed += count;
    right += ofThemRight;
  }

  @Override
  public void failed(long executionId, Failure reason) {
    throw new FailureException(reason, null);
  }

  @Override
  public void failed(long executionId, EngineException reason) {
    throw reason;
  }
}
