package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.embedding.Embedding;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How near a document is to a query.
 *
 * @param index of the document
 * @param relevance the cosine of the angle between its vector and the query's, -1 to 1, or what a
 *     model that scores pairs makes of both, 0 to 1
 */
record RankedDocument(int index, double relevance) {

  /**
   * The nearest documents, nearest first; of equals the one that was given first.
   *
   * @param vectors of the query and, behind it, of the documents
   */
  static List<RankedDocument> rank(List<Embedding> vectors, int top) {
    float[] query = vectors.getFirst().toArray();
    return nearest(
        IntStream.range(1, vectors.size())
            .mapToObj(i -> new RankedDocument(i - 1, cosine(query, vectors.get(i).toArray()))),
        top);
  }

  /** As {@link #rank}, by the score of each document. */
  static List<RankedDocument> rankScores(List<Embedding> scores, int top) {
    return nearest(
        IntStream.range(0, scores.size())
            .mapToObj(i -> new RankedDocument(i, scores.get(i).toArray()[0])),
        top);
  }

  private static List<RankedDocument> nearest(Stream<RankedDocument> documents, int top) {
    return documents
        .sorted(Comparator.comparingDouble(document -> -document.relevance))
        .limit(top)
        .toList();
  }

  /** 0 beside a vector without a direction. */
  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squareA += (double) a[i] * a[i];
      squareB += (double) b[i] * b[i];
    }
    double lengths = Math.sqrt(squareA) * Math.sqrt(squareB);
    return lengths == 0 ? 0 : Math.clamp(product / lengths, -1, 1);
  }
}
