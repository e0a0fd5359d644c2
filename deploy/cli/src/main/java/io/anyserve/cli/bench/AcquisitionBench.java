package io.anyserve.cli.bench;

import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;

/**
 * How many polls a partition of requests answers: workers that each take few records of a backlog
 * at once and accept them with the next poll, as the real ones do.
 *
 * @param workers that poll at once
 * @param records of each poll at most
 */
record AcquisitionBench(KafkaClients kafka, Admin admin, int workers, int records) {

  private static final String TOPIC = "bench-acquisition";
  private static final int BACKLOG = 20_000;
  private static final int RECORD_BYTES = 1_024;
  private static final int BYTES_PER_RECORD = 16 << 10;
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Those are left out, in which code and connections are cold. */
  private static final int COLD = BACKLOG / 4;

  /**
   * What came out.
   *
   * @param polls that brought records, each second
   * @param requests each second
   */
  record Rate(double polls, double requests) {}

  /**
   * Takes the backlog.
   *
   * @param name of the topic and the group, used once
   */
  Rate run(String name) throws ExecutionException, InterruptedException {
    String topic = TOPIC + "-" + name;
    prepare(topic);
    AtomicInteger taken = new AtomicInteger();
    AtomicLong polls = new AtomicLong();
    AtomicLong from = new AtomicLong();
    AtomicLong to = new AtomicLong();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
      for (int i = 0; i < workers; i++) {
        all.add(threads.submit(() -> take(topic, taken, polls, from, to)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    double seconds = (to.get() - from.get()) / 1e9;
    return new Rate(polls.get() / seconds, (BACKLOG - COLD) / seconds);
  }

  private void prepare(String topic) throws ExecutionException, InterruptedException {
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, topic);
    Collection<AlterConfigOp> earliest =
        List.of(
            new AlterConfigOp(
                new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET));
    admin.incrementalAlterConfigs(Map.of(group, earliest)).all().get();
    try (KafkaProducer<byte[], byte[]> producer = kafka.newProducer(topic, Map.of())) {
      for (int i = 0; i < BACKLOG; i++) {
        var _ = producer.send(new ProducerRecord<>(topic, new byte[RECORD_BYTES]));
        if (i % records == 0) {
          producer.flush(); // requests come one by one: a batch each
        }
      }
    }
  }

  private void take(
      String topic, AtomicInteger taken, AtomicLong polls, AtomicLong from, AtomicLong to) {
    Map<String, String> settings =
        Map.of(
            "share.acquire.mode",
            "record_limit",
            "share.acknowledgement.mode",
            "implicit",
            "max.poll.records",
            Integer.toString(records),
            "fetch.max.bytes",
            Integer.toString(records * BYTES_PER_RECORD));
    try (KafkaShareConsumer<byte[], byte[]> consumer =
        kafka.newShareConsumer(topic, topic, settings)) {
      consumer.subscribe(List.of(topic));
      while (taken.get() < BACKLOG) {
        int count = consumer.poll(POLL).count();
        int before = taken.getAndAdd(count);
        if (before < COLD && before + count >= COLD) {
          from.set(System.nanoTime());
          polls.set(0);
        } else if (count > 0) {
          polls.incrementAndGet();
        }
        if (before < BACKLOG && before + count >= BACKLOG) {
          to.set(System.nanoTime());
        }
      }
    }
  }
}
