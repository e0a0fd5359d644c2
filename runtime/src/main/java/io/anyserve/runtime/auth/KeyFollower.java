package io.anyserve.runtime.auth;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicTailer;

/**
 * Follows the topic {@code keys}: a change is in force here when its record arrives. Down until the
 * topic is read once to its end.
 */
public final class KeyFollower implements Component {

  private final StoredKeys keys = new StoredKeys();
  private final TopicTailer tailer;

  /** Inert until started. */
  public KeyFollower(KafkaClients kafka, TopicNames topics) {
    this.tailer = new TopicTailer(kafka, topics.keys(), TopicTailer.From.BEGINNING, keys);
  }

  public StoredKeys keys() {
    return keys;
  }

  @Override
  public void start() {
    tailer.start();
  }

  @Override
  public Health health() {
    return tailer.health();
  }

  @Override
  public void close() throws InterruptedException {
    tailer.close();
  }
}
