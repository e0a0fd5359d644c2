package io.anyserve.documentation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.Scrape;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.UnusedPorts;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Record headers, call metadata and vLLM's metrics, as documented and as services write them. */
final class ReferenceIT {

  private static final int INTAKE_PARTITIONS = 2;

  /** More than a record on intake may hold, and small when it is compressed. */
  private static final byte[] TOO_LARGE = new byte[5 << 20];

  /** Written by {@code dlq replay}: see DlqCommandIT. */
  private static final String REPLAYED = "anyserve-replayed";

  private static final String ID = "0190aaaa-0000-7000-8000-000000000001";
  private static final Pattern VLLM = Pattern.compile("(vllm:[a-z0-9_]+)(\\{.*})?");
  private static final AtomicReference<Metadata> answered = new AtomicReference<>(new Metadata());

  @TempDir static Path data;

  @SuppressWarnings("NullAway.Init") // before every test
  private static MarkdownPage glossary;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices running;

  @BeforeAll
  static void start() throws Exception {
    glossary = MarkdownPage.read("docs/glossary.md");
    Map<String, String> environment =
        Map.of(
            "ANYSERVE_METRICS_VLLM",
            "true",
            "ANYSERVE_TOPICS_REQUEST_PARTITIONS",
            Integer.toString(INTAKE_PARTITIONS));
    running =
        RunningServices.start(
            new StandaloneLayout(data, UnusedPorts.row(8), true, Path.of("unused")), environment);
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class) // until the router knows a worker
        .until(ReferenceIT::ask);
    submit();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static boolean ask() {
    Metadata metadata = new Metadata();
    metadata.put(key("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    metadata.put(key("tracestate"), "vendor=1");
    metadata.put(key("idempotency-key"), "once");
    InferenceServiceGrpc.newBlockingStub(running.channel())
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(metadata),
            MetadataUtils.newCaptureMetadataInterceptor(answered, new AtomicReference<>()))
        .inferStream(
            InferStreamRequest.newBuilder()
                .setInference(
                    RunningServices.inference("story", "s", RunningServices.text("hello"), 5))
                .build())
        .forEachRemaining(message -> {});
    return true;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Good, broken and too large ones, each to the partition of its id and to the other. */
  private static void submit() {
    Map<String, String> large = Map.of("max.request.size", "16777216", "compression.type", "zstd");
    try (var producer = running.kafka().newProducer("submissions", large)) {
      for (int partition = 0; partition < INTAKE_PARTITIONS; partition++) {
        String json =
            "{\"id\":\"%s\",\"capability\":\"story\",\"prompt\":\"x\",\"max_tokens\":3}"
                .formatted(ID);
        var _ = producer.send(submission(partition, json.getBytes(UTF_8)));
        var _ = producer.send(submission(partition, "{broken".getBytes(UTF_8)));
        var _ = producer.send(submission(partition, TOO_LARGE));
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> submission(int partition, byte[] value) {
    return new ProducerRecord<>(RunningServices.TOPICS.intake(), partition, null, value);
  }

  @Test
  void theGlossaryHasEveryRecordHeader() {
    Set<String> documented = glossary.section("Record headers").rows();
    assertTrue(documented.remove(REPLAYED));

    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .untilAsserted(() -> assertEquals(documented, writtenHeaders()));
  }

  private static Set<String> writtenHeaders() {
    Set<String> headers = new TreeSet<>();
    try (PartitionRangeReader range =
        new PartitionRangeReader(
            running
                .kafka()
                .newAssignedConsumer("test", IsolationLevel.READ_UNCOMMITTED, Map.of()))) {
      partitions()
          .forEach(
              partition ->
                  range.read(
                      partition,
                      0,
                      range.end(partition),
                      record -> record.headers().forEach(header -> headers.add(header.key()))));
    }
    return headers;
  }

  private static Stream<TopicPartition> partitions() {
    TopicCatalogue catalogue =
        new TopicCatalogue(RunningServices.TOPICS, new TopicPartitioning(2, INTAKE_PARTITIONS, 1));
    return Stream.concat(catalogue.fixed().stream(), catalogue.of(new Capability("story")).stream())
        .flatMap(ReferenceIT::partitions);
  }

  private static Stream<TopicPartition> partitions(TopicSpec topic) {
    return IntStream.range(0, topic.partitions())
        .mapToObj(number -> new TopicPartition(topic.name(), number));
  }

  @Test
  void theGlossaryHasTheMetadataOfAnAnswer() {
    Set<String> sent =
        answered.get().keys().stream()
            .filter(name -> name.startsWith("anyserve-"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(3, sent.size(), sent.toString());
    sent.removeAll(glossary.section("Call metadata").rows());
    assertEquals(Set.of(), sent);
  }

  @Test
  void theGuideNamesTheMetricsOfVllm() throws Exception {
    Set<String> named =
        MarkdownPage.read("docs/observability.md").inlineCode().stream()
            .map(VLLM::matcher)
            .filter(Matcher::matches)
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> scraped =
        Scrape.of(running.place().httpPort()).families().stream()
            .filter(family -> family.startsWith("vllm:") && !family.endsWith("_max"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(scraped, named);
  }
}
