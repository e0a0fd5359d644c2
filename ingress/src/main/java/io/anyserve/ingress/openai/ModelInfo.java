package io.anyserve.ingress.openai;

import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model as clients see it: a capability that live workers offer.
 *
 * @param contextLength tokens of prompt and answer together that every worker takes, 0 where there
 *     is no limit
 * @param embeddingDimensions of the vectors that it makes of texts, 0 where it writes text
 * @param scoresPairs it makes no vectors of texts but scores a query and a document together
 */
public record ModelInfo(
    String id, int contextLength, int embeddingDimensions, boolean scoresPairs) {

  /** Of one that scores no pairs. */
  public ModelInfo(String id, int contextLength, int embeddingDimensions) {
    this(id, contextLength, embeddingDimensions, false);
  }

  /** The models of those workers, by id. */
  public static List<ModelInfo> of(Collection<WorkerHeartbeat> workers) {
    Map<String, ModelInfo> models = new TreeMap<>();
    for (WorkerHeartbeat worker : workers) {
      for (CapabilityOffer offer : worker.capabilities()) {
        var model =
            new ModelInfo(
                offer.name().value(),
                offer.contextLength(),
                offer.embeddingDimensions(),
                offer.scoresPairs());
        models.merge(model.id, model, ModelInfo::shorter);
      }
    }
    return List.copyOf(models.values());
  }

  private static ModelInfo shorter(ModelInfo one, ModelInfo other) {
    boolean first =
        other.contextLength == 0
            || (one.contextLength > 0 && one.contextLength < other.contextLength);
    return first ? one : other;
  }
}
