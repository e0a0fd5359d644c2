package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.ParameterTable;
import io.anyserve.ingress.openai.StrictJson;
import io.anyserve.v1.Inference;
import io.anyserve.v1.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests of the bodies of {@code /rerank}, which have the parameters that Jina, Cohere and
 * vLLM share. Throws {@link ApiException}.
 */
public final class RerankReader {

  /** Beside the query. */
  public static final int MOST_DOCUMENTS = EmbeddingInputs.MOST - 1;

  private static final String QUERY = "query";
  private static final String DOCUMENTS = "documents";
  private static final String USER = "user";

  private RerankReader() {}

  /**
   * Reads the body of one call.
   *
   * @param session that the client names; empty for one of the request's own
   */
  public static RerankCall read(byte[] body, Optional<String> session) {
    BodyFields fields = new BodyFields("", StrictJson.parse(body));
    ParameterTable.RERANK.check(fields);
    List<String> documents = documents(fields);
    List<EmbeddingInput> texts = new ArrayList<>();
    texts.add(new OfText(notEmpty(QUERY, fields.requiredText(QUERY))));
    documents.forEach(document -> texts.add(new OfText(document)));
    Inference.Builder request =
        Inference.newBuilder()
            .setCapability(fields.model())
            .setKind(RequestKind.REQUEST_KIND_EMBED)
            .setInput(
                PayloadCodec.write(EmbeddingInputsCodec.write(new EmbeddingInputs(texts, true))));
    session.ifPresent(request::setSession);
    fields.text(USER).ifPresent(user -> request.putLabels(USER, user));
    return new RerankCall(
        request.getCapability(),
        request.build(),
        documents,
        (int) fields.integer("top_n", 1, MOST_DOCUMENTS).orElse(documents.size()),
        fields.value("return_documents").isEmpty() || fields.flag("return_documents"));
  }

  private static List<String> documents(BodyFields fields) {
    JsonNode array =
        fields.value(DOCUMENTS).orElseThrow(() -> fields.missing(DOCUMENTS, "an array"));
    boolean fits = array.isArray() && !array.isEmpty() && array.size() <= MOST_DOCUMENTS;
    BodyFields.check(fits, DOCUMENTS, array, "1 to " + MOST_DOCUMENTS + " documents");
    List<String> texts = new ArrayList<>();
    for (JsonNode document : array) {
      texts.add(document(DOCUMENTS + "[" + texts.size() + "]", document));
    }
    return texts;
  }

  /** A text, or an object that has one. */
  private static String document(String at, JsonNode document) {
    if (document.isString()) {
      return notEmpty(at, BodyFields.text(at, document));
    }
    BodyFields.check(document.isObject(), at, document, "a string, or an object with text");
    BodyFields fields = new BodyFields(at + ".", document);
    ParameterTable.RERANK_DOCUMENT.check(fields);
    return notEmpty(fields.at("text"), fields.requiredText("text"));
  }

  private static String notEmpty(String at, String text) {
    if (text.isEmpty()) {
      throw BodyFields.invalid(at, at + ": \"\" (expected: at least one character)");
    }
    return text;
  }
}
