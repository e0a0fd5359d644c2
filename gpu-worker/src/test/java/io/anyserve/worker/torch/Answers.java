package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tokens of each execution as they come. */
final class Answers implements GenerationBatch.Listener {

  private static final TenantId ACME = new TenantId("acme");

  private final Map<Long, List<Integer>> tokens = new HashMap<>();

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

  @Override
  public void piece(long executionId, int token, Generation.Piece piece) {
    tokens.computeIfAbsent(executionId, unseen -> new ArrayList<>()).add(token);
  }

  @Override
  public void failed(long executionId, EngineException reason) {
    throw reason;
  }
}
