package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.http.CallHeaders;
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.http.RequestBody;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.openai.ParameterNames;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code POST} of texts whose vectors are asked for, and of documents that are ranked by them.
 * Thread-safe.
 */
public final class EmbeddingsHandler implements RouteGroup {

  private static final String JSON = "application/json";

  private final EmbeddingExchange exchange;
  private final Function<String, Optional<ModelInfo>> models;
  private final int mostBytes;

  /**
   * @param models those that live workers offer, by id
   * @param mostBytes of a body
   */
  public EmbeddingsHandler(
      Admission admission,
      Function<String, Optional<ModelInfo>> models,
      InstantSource clock,
      int mostBytes) {
    this.exchange = new EmbeddingExchange(admission, clock);
    this.models = models;
    this.mostBytes = mostBytes;
  }

  @Override
  public void addTo(JavalinConfig config) {
    for (String base : HttpRoutes.BASES) {
      config.routes.post(base + "/embeddings", this::embed);
      config.routes.post(base + "/rerank", this::rerank);
    }
  }

  private void embed(Context http) throws IOException, InterruptedException {
    EmbeddingCall call = EmbeddingReader.read(RequestBody.json(http, mostBytes), session(http));
    Optional<ModelInfo> model = models.apply(call.model());
    model.filter(ModelInfo::scoresPairs).ifPresent(EmbeddingsHandler::refuse);
    model
        .map(ModelInfo::embeddingDimensions)
        .filter(own -> own > 0)
        .ifPresent(call::requireDimensions);
    EmbeddingExchange.Answer answer =
        exchange.run(http, call.request(), call.inputs(), false, ParameterNames.EMBEDDING);
    call.requireDimensions(answer.embeddings().dimensions());
    http.contentType(JSON);
    EmbeddingsJson.write(http.outputStream(), call, answer.embeddings().vectors(), answer.usage());
  }

  private void rerank(Context http) throws IOException, InterruptedException {
    RerankCall call = RerankReader.read(RequestBody.json(http, mostBytes), session(http));
    EmbeddingExchange.Answer answer =
        exchange.run(
            http, call.request(), 1 + call.documents().size(), true, ParameterNames.RERANK);
    http.contentType(JSON);
    RerankJson.write(http.outputStream(), call, ranked(call, answer), answer.usage());
  }

  /** A model that scores pairs has no vector of the query. */
  private static List<RankedDocument> ranked(RerankCall call, EmbeddingExchange.Answer answer) {
    List<Embedding> told = answer.embeddings().vectors();
    return told.size() == call.documents().size()
        ? RankedDocument.rankScores(told, call.top())
        : RankedDocument.rank(told, call.top());
  }

  private static void refuse(ModelInfo model) {
    throw BodyFields.invalid(
        "model",
        "model: %s ranks documents only (expected: a model that makes vectors)"
            .formatted(model.id()));
  }

  private static Optional<String> session(Context http) {
    return Optional.ofNullable(http.header(CallHeaders.SESSION));
  }
}
