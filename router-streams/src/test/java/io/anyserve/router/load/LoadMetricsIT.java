package io.anyserve.router.load;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.started;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.router.RouterTestLog;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.router.results.ResultsRun;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gauges beside a real broker and a share group that accepts record by record. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before each test
final class LoadMetricsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;
  private final TopicNames topics = TopicNames.withDefaultPrefix();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ResultsRun run = new ResultsRun();
  private EmbeddedBroker broker;
  private KafkaClients kafka;
  private RouterTestLog log;
  private LoadMetrics load;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    kafka = KafkaClients.of(broker.bootstrapServers());
    log = new RouterTestLog(broker.bootstrapServers(), topics);
    log.create("story");
    load =
        new LoadMetrics(
            run.requests, new ShareGroupBacklog(topics, () -> kafka.newAdmin("load")), registry);
  }

  @AfterEach
  void stop() throws Exception {
    load.close();
    run.close();
    log.close();
    broker.close();
  }

  @Test
  void requestsThatNobodyHasAcceptedAndRequestsThatRun() throws Exception {
    run.announce(worker("w1", NOW, "story", "tale"));
    run.write(started(id(1), 1, 11, "w1", false), started(id(2), 1, 12, "w1", false));
    load.look();
    assertEquals(0, gauge("anyserve.router.in.flight", "capability", "story"));
    assertEquals(2, gauge("anyserve.router.in.flight", "capability", "tale"));
    assertEquals(Double.NaN, backlog("interactive"), "no worker has ever taken anything");
    for (int i = 0; i < 5; i++) {
      log.append(log.requests("story"), null, IntakeRun.bytes("request"));
    }
    acceptTwo();
    backlog("interactive");
    load.look();
    assertEquals(3, backlog("interactive"));
  }

  @Test
  void nobodyAsksTheBrokerForAMetricThatNobodyReads() {
    ShareGroupBacklog broken =
        new ShareGroupBacklog(
            topics,
            () -> {
              throw new IllegalStateException("asked");
            });
    LoadMetrics quiet = new LoadMetrics(run.requests, broken, registry);
    run.announce(worker("w1", NOW, "story"));
    quiet.look();
    backlog("interactive");
    assertEquals("asked", assertThrows(IllegalStateException.class, quiet::look).getMessage());
  }

  private void acceptTwo() throws Exception {
    String group = topics.workerGroup(new Capability("story"), Priority.INTERACTIVE);
    try (Admin admin = kafka.newAdmin("test")) {
      var earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, group),
                  List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    Map<String, String> oneByOne =
        Map.of("share.acquire.mode", "record_limit", "max.poll.records", "1");
    try (var consumer = kafka.newShareConsumer("test-share", group, oneByOne)) {
      consumer.subscribe(List.of(log.requests("story")));
      accept(consumer);
      accept(consumer);
    }
  }

  private static void accept(KafkaShareConsumer<byte[], byte[]> consumer) {
    ConsumerRecord<byte[], byte[]> record =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> consumer.poll(Duration.ofMillis(500)).iterator(), Iterator::hasNext)
            .next();
    consumer.acknowledge(record, AcknowledgeType.ACCEPT);
    consumer.commitSync();
  }

  private double backlog(String priority) {
    return gauge("anyserve.router.backlog", "capability", "story", "priority", priority);
  }

  private double gauge(String name, String... tags) {
    var gauge = registry.find(name).tags(tags).gauge();
    return gauge == null ? 0 : gauge.value();
  }
}
