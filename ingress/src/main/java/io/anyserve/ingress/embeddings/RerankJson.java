package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.TokenUsage;
import java.io.OutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Documents in the order of their relevance as clients are answered, JSON in UTF-8. */
final class RerankJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private RerankJson() {}

  static void write(
      OutputStream out, RerankCall call, List<RankedDocument> ranked, TokenUsage usage) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("model", call.model());
      json.writeArrayPropertyStart("results");
      ranked.forEach(document -> write(json, call, document));
      json.writeEndArray();
      json.writeObjectPropertyStart("usage");
      json.writeNumberProperty("prompt_tokens", usage.prompt());
      json.writeNumberProperty("total_tokens", usage.prompt());
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, RerankCall call, RankedDocument document) {
    json.writeStartObject();
    json.writeNumberProperty("index", document.index());
    json.writeNumberProperty("relevance_score", document.relevance());
    if (call.returnDocuments()) {
      json.writeObjectPropertyStart("document");
      json.writeStringProperty("text", call.documents().get(document.index()));
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
