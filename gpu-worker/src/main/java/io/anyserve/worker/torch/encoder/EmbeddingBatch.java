package io.anyserve.worker.torch.encoder;

import ai.djl.engine.EngineException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Embeds the texts of several requests together, so many tokens a step.
 *
 * <p>The requests take turns text by text: one with many texts does not keep the others waiting.
 * Owned by the engine thread.
 */
final class EmbeddingBatch {

  private final Model model;
  private final int tokensPerStep;

  /** Who waited longest comes first. */
  private final Map<Long, Waiting> waiting = new LinkedHashMap<>();

  /** Makes vectors. */
  interface Model {

    /** The vector of each text, in the order of the texts. */
    List<float[]> embed(List<int[]> texts);
  }

  /** Hears what a step brought; may remove executions. */
  interface Listener {

    /**
     * The next vectors of an execution, in the order of its texts. It is out of the batch with the
     * last of them. None come where none were left.
     *
     * @param first index of the text that the first of these vectors is of
     */
    void vectors(long executionId, int first, List<float[]> vectors);

    /** The execution is out of the batch because libtorch refused its call. */
    void failed(long executionId, EngineException reason);
  }

  /** The texts of an execution; those before the next one are embedded, or in the step. */
  private static final class Waiting {

    private final long executionId;
    private final List<int[]> texts;
    private int next;

    Waiting(long executionId, List<int[]> texts, int next) {
      this.executionId = executionId;
      this.texts = List.copyOf(texts);
      this.next = next;
    }

    boolean done() {
      return next == texts.size();
    }

    int nextLength() {
      return texts.get(next).length;
    }
  }

  /** What a step embeds of an execution: its texts from the first to the next one. */
  private record Share(Waiting request, int first) {

    List<int[]> texts() {
      return request.texts.subList(first, request.next);
    }

    boolean moves() {
      return first < request.next || request.done();
    }
  }

  /**
   * A batch without requests.
   *
   * @param tokensPerStep a longer text is a step of its own
   */
  EmbeddingBatch(Model model, int tokensPerStep) {
    this.model = model;
    this.tokensPerStep = tokensPerStep;
  }

  int size() {
    return waiting.size();
  }

  /**
   * Takes the texts of an execution.
   *
   * @param first index of the text to begin with; where there is none, the next step says so
   */
  void add(long executionId, List<int[]> texts, int first) {
    waiting.put(executionId, new Waiting(executionId, texts, first));
  }

  /** Forgets what an execution has left; unknown executions are ignored. */
  void remove(long executionId) {
    waiting.remove(executionId);
  }

  /** Embeds the next texts. */
  void step(Listener listener) {
    List<Share> shares = nextShares();
    if (!shares.isEmpty()) {
      embed(shares, listener);
    }
  }

  /** One text of each in turn, until the next one of nobody fits. */
  private List<Share> nextShares() {
    List<Share> shares =
        waiting.values().stream().map(request -> new Share(request, request.next)).toList();
    Deque<Waiting> turns = new ArrayDeque<>(waiting.values());
    int left = tokensPerStep;
    while (!turns.isEmpty()) {
      Waiting request = turns.remove();
      if (!request.done() && (request.nextLength() <= left || left == tokensPerStep)) {
        left -= request.nextLength();
        request.next++;
        turns.add(request);
      }
    }
    return shares.stream().filter(Share::moves).toList();
  }

  private void embed(List<Share> shares, Listener listener) {
    List<int[]> texts = shares.stream().flatMap(share -> share.texts().stream()).toList();
    List<float[]> vectors;
    try {
      vectors = texts.isEmpty() ? List.of() : model.embed(texts);
    } catch (EngineException e) {
      embedOneByOne(shares, e, listener);
      return;
    }
    int start = 0;
    for (Share share : shares) {
      int end = start + share.texts().size();
      accept(share, vectors.subList(start, end), listener);
      start = end;
    }
  }

  /** Finds out for which of them libtorch refused the call; the others go on. */
  private void embedOneByOne(List<Share> shares, EngineException reason, Listener listener) {
    if (shares.size() > 1) {
      shares.stream()
          .filter(share -> present(share.request))
          .forEach(share -> embed(List.of(share), listener));
      return;
    }
    Waiting request = shares.getFirst().request;
    waiting.remove(request.executionId);
    listener.failed(request.executionId, reason);
  }

  private void accept(Share share, List<float[]> vectors, Listener listener) {
    Waiting request = share.request;
    if (!present(request)) {
      return;
    }
    waiting.remove(request.executionId);
    if (!request.done()) {
      waiting.put(request.executionId, request);
    }
    listener.vectors(request.executionId, share.first, vectors);
  }

  /** The listener may have removed it during the step. */
  private boolean present(Waiting request) {
    return waiting.get(request.executionId) == request;
  }
}
