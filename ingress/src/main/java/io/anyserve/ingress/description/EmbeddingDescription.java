package io.anyserve.ingress.description;

import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;

/** The vectors of texts: the call, its body and its answer. */
final class EmbeddingDescription {

  private static final String ANSWER =
      """
      {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.6, -0.8]}],
        "model": "embedding",
        "usage": {"prompt_tokens": 3, "total_tokens": 3}
      }
      """;

  private EmbeddingDescription() {}

  /** By the names of their routes. */
  static void addOperations(Map<String, ApiOperation> operations) {
    operations.put(
        "POST /v1/embeddings",
        ApiOperation.of("createEmbeddings", ApiTag.EMBEDDINGS, "Embed texts")
            .says(
                "The vectors of texts, by a model that has `embedding_dimensions`. All texts are one"
                    + " request; one that is longer than the model's context is refused.")
            .header(ApiHeader.SESSION)
            .header(ApiHeader.IDEMPOTENCY_KEY)
            .header(ApiHeader.TRACE_PARENT)
            .body(
                Content.json(
                    "EmbeddingRequest",
                    """
                    {"model": "embedding", "input": ["the quiet river"]}
                    """))
            .answers(
                200,
                "The vectors, in the order of the texts.",
                ApiHeader.OF_REQUESTS,
                Content.json("EmbeddingList", ANSWER))
            .runs());
  }

  /** By the names of their components. */
  static void addSchemas(Map<String, Schema> schemas) {
    schemas.put("EmbeddingRequest", request());
    schemas.put("Embedding", embedding());
    schemas.put("EmbeddingUsage", usage());
    schemas.put("EmbeddingList", list());
  }

  private static Schema request() {
    return new BodySchema("EmbeddingRequest", ParameterTable.EMBED, "Texts to be embedded.")
        .required("model", CompletionBodies.model())
        .required("input", input())
        .optional(
            "encoding_format",
            Schema.string("`base64`: 32-bit floating-point numbers, little-endian.")
                .values("float", "base64")
                .byDefault("float"))
        .optional(
            "dimensions",
            Schema.integer("Only the model's own number.").range(1, Embeddings.MOST_DIMENSIONS))
        .optional("user", CompletionBodies.label("Kept as the label `user` of the ledger entry."))
        .build();
  }

  private static Schema input() {
    return Schema.anyOf(
        "A text, texts, the token ids of a text, or those of several.",
        text(),
        several(text()),
        tokens(),
        several(tokens()));
  }

  private static Schema text() {
    return Schema.string("").pattern(CompletionBodies.TEXT).nonEmpty();
  }

  private static Schema tokens() {
    return Schema.array("", Schema.integer("").range(0, Integer.MAX_VALUE)).with("minItems", 1);
  }

  private static Schema several(Schema one) {
    return Schema.array("", one).with("minItems", 1).with("maxItems", EmbeddingInputs.MOST);
  }

  private static Schema embedding() {
    return Schema.object("The vector of a text.")
        .required("object", Schema.constant("embedding"))
        .required("index", Schema.integer("Of its text.").atLeast(0))
        .required(
            "embedding",
            Schema.anyOf(
                "Numbers, or their bytes in base64.",
                Schema.array("", Schema.number("")),
                Schema.string("")));
  }

  private static Schema usage() {
    return Schema.object("As in the ledger.")
        .required("prompt_tokens", Schema.integer("Of all texts.").atLeast(0))
        .required("total_tokens", Schema.integer("").atLeast(0));
  }

  private static Schema list() {
    return Schema.object("The vectors of texts.")
        .required("object", Schema.constant("list"))
        .required("data", Schema.array("", Schema.ref("Embedding")))
        .required("model", Schema.string("As asked for."))
        .required("usage", Schema.ref("EmbeddingUsage"));
  }
}
