package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tokens of each run as they come. */
final class Answers implements GenerationBatch.Listener {

  private final Map<Long, List<Integer>> tokens = new HashMap<>();

  /** What these generate together, from the first step on. */
  static List<List<Integer>> of(TorchModel model, List<Generation> generations) {
    GenerationBatch batch = model.batch();
    var answers = new Answers();
    for (int run = 0; run < generations.size(); run++) {
      batch.add(run, generations.get(run));
    }
    while (!batch.idle()) {
      batch.step(answers);
    }
    List<List<Integer>> found = new ArrayList<>();
    for (long run = 0; run < generations.size(); run++) {
      found.add(answers.tokens.getOrDefault(run, List.of()));
    }
    return found;
  }

  Map<Long, List<Integer>> tokens() {
    return tokens;
  }

  @Override
  public void piece(long run, int token, Generation.Piece piece) {
    tokens.computeIfAbsent(run, unseen -> new ArrayList<>()).add(token);
  }

  @Override
  public void failed(long run, EngineException reason) {
    throw reason;
  }
}
