package io.anyserve.ingress.embeddings;

import io.anyserve.v1.Inference;
import java.util.List;

/**
 * A call that puts documents in the order of their relevance to a query.
 *
 * @param model as asked for
 * @param request for the vectors of the query and, behind it, of the documents
 * @param documents at least one
 * @param top documents that are told
 * @param returnDocuments whether their texts are told, too
 */
public record RerankCall(
    String model, Inference request, List<String> documents, int top, boolean returnDocuments) {

  public RerankCall {
    documents = List.copyOf(documents);
  }
}
