package io.anyserve.contracts.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class AsyncApiTest {

  private static final TopicCatalogue CATALOGUE =
      new TopicCatalogue(TopicNames.withDefaultPrefix(), TopicPartitioning.STANDALONE);

  @Test
  void theDocumentInDocsIsTheCatalogue() throws IOException {
    assertEquals(
        AsyncApi.document(CATALOGUE),
        Files.readString(Path.of("../docs/asyncapi.json")),
        "docs/asyncapi.json is out of date: ./anyserve topics asyncapi > docs/asyncapi.json");
  }

  @Test
  void everyTopicIsInIt() {
    String document = AsyncApi.document(CATALOGUE);
    for (TopicSpec topic : CATALOGUE.fixed()) {
      assertTrue(document.contains("\"" + topic.name() + "\""), topic.name());
    }
    assertTrue(document.contains("\"anyserve.requests.{capability}.batch\""));
  }
}
