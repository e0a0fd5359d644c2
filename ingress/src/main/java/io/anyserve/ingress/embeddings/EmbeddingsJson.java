package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.embedding.Embedding;
import java.io.OutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The vectors of texts as clients are answered, JSON in UTF-8. */
final class EmbeddingsJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private EmbeddingsJson() {}

  /** Writes the answer as it goes: it may have many times the size of the vectors. */
  static void write(
      OutputStream out, EmbeddingCall call, List<Embedding> vectors, TokenUsage usage) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("object", "list");
      json.writeArrayPropertyStart("data");
      for (int i = 0; i < vectors.size(); i++) {
        write(json, i, call.encoding(), vectors.get(i));
      }
      json.writeEndArray();
      json.writeStringProperty("model", call.model());
      json.writeObjectPropertyStart("usage");
      json.writeNumberProperty("prompt_tokens", usage.prompt());
      json.writeNumberProperty("total_tokens", usage.prompt());
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void write(
      JsonGenerator json, int index, EmbeddingCall.Encoding encoding, Embedding vector) {
    json.writeStartObject();
    json.writeStringProperty("object", "embedding");
    json.writeNumberProperty("index", index);
    json.writeName("embedding");
    switch (encoding) {
      case FLOAT -> {
        json.writeStartArray();
        for (float number : vector.toArray()) {
          json.writeNumber(number);
        }
        json.writeEndArray();
      }
      case BASE64 -> json.writeBinary(vector.bytes().toByteArray());
    }
    json.writeEndObject();
  }
}
