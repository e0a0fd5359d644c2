package io.anyserve.ingress.description;

import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.ingress.embeddings.RerankReader;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;

/** The vectors of texts, and what is ranked by them: the calls, their bodies and answers. */
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

  private static final String RANKING =
      """
      {
        "model": "embedding",
        "results": [{"index": 1, "relevance_score": 0.82, "document": {"text": "a quiet river"}}],
        "usage": {"prompt_tokens": 9, "total_tokens": 9}
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
    addRerank(operations);
  }

  private static void addRerank(Map<String, ApiOperation> operations) {
    operations.put(
        "POST /v1/rerank",
        ApiOperation.of("rerank", ApiTag.EMBEDDINGS, "Rank documents")
            .says(
                "Documents in the order of their relevance to a query, the cosine of their vectors,"
                    + " by a model that has `embedding_dimensions`. All texts are one request.")
            .header(ApiHeader.SESSION)
            .header(ApiHeader.IDEMPOTENCY_KEY)
            .header(ApiHeader.TRACE_PARENT)
            .body(
                Content.json(
                    "RerankRequest",
                    """
                    {"model": "embedding", "query": "river", "documents": ["a hill", "a quiet river"]}
                    """))
            .answers(
                200,
                "The documents, the most relevant first.",
                ApiHeader.OF_REQUESTS,
                Content.json("Ranking", RANKING))
            .runs());
  }

  private static Schema rerankRequest() {
    return new BodySchema("RerankRequest", ParameterTable.RERANK, "Documents to be ranked.")
        .required("model", CompletionBodies.model())
        .required("query", text())
        .required(
            "documents",
            Schema.array("", Schema.anyOf("", text(), Schema.ref("RerankDocument")))
                .items(1, RerankReader.MOST_DOCUMENTS))
        .optional(
            "top_n",
            Schema.integer("Documents that are told; without it, all.")
                .range(1, RerankReader.MOST_DOCUMENTS))
        .optional("return_documents", Schema.flag("Tell the texts, too.").byDefault(true))
        .optional("user", CompletionBodies.label("Kept as the label `user` of the ledger entry."))
        .build();
  }

  private static Schema rerankDocument() {
    return new BodySchema("RerankDocument", ParameterTable.RERANK_DOCUMENT, "A document.")
        .required("text", text())
        .build();
  }

  private static Schema ranking() {
    return Schema.object("Documents, the most relevant first.")
        .required("model", Schema.string("As asked for."))
        .required("results", Schema.array("", Schema.ref("RankedDocument")))
        .required("usage", Schema.ref("EmbeddingUsage"));
  }

  private static Schema rankedDocument() {
    return Schema.object("How relevant a document is.")
        .required("index", Schema.integer("Of the document.").atLeast(0))
        .required(
            "relevance_score",
            Schema.number(
                    "The cosine between its vector and the query's, or the relevance that a"
                        + " cross-encoder scores, 0 to 1.")
                .range(-1, 1))
        .optional("document", Schema.object("The document.").required("text", Schema.string("")));
  }

  /** By the names of their components. */
  static void addSchemas(Map<String, Schema> schemas) {
    schemas.put("RerankRequest", rerankRequest());
    schemas.put("RerankDocument", rerankDocument());
    schemas.put("Ranking", ranking());
    schemas.put("RankedDocument", rankedDocument());
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
