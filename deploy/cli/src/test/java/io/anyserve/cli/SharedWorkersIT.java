package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests that share workers: whoever leaves, a caller or a worker, the answers of the others are
 * what they would have been, and every request ends once.
 */
@Timeout(300)
final class SharedWorkersIT {

  private static final String PROMPT = "one prompt for all";
  private static final int TOKENS = 30;
  private static final int CALLERS = 4;
  private static final int HTTP_CALLERS = 2;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DATA = "data: ";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @SuppressWarnings("NullAway.Init") // before every test
  private static PlainClient kafka;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
    kafka = new PlainClient(KafkaClients.of(services.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    kafka.close();
    services.close();
  }

  /** A worker that the ingress has heard of. */
  private static SingleService worker(String id, String capability, int slots) throws Exception {
    SingleService worker =
        services.join(
            SingleService.Service.WORKER,
            """
        [worker]
        id = "%s"
        http-port = 0
        drain = "100ms"
        [[worker.capability]]
        name = "%s"
        engine = "simulated"
        slots = %d
        token-rate = "40"
        """
                .formatted(id, capability, slots));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> isListed(id));
    return worker;
  }

  /** The one that waits leaves, then one that runs: the other one that runs goes on. */
  @Test
  void aCallerThatLeavesTakesNobodyAlong() throws Exception {
    try (var _ = worker("two-slots", "narrow", 2);
        var queued = Context.current().withCancellation();
        var running = Context.current().withCancellation()) {
      String alone = text(rest(stream("narrow", "alone")));
      Iterator<StreamEvent> kept = stream("narrow", "kept");
      List<StreamEvent> heard = new ArrayList<>(untilChunk(kept));
      Iterator<StreamEvent> stopped = running.call(() -> stream("narrow", "stopped"));
      untilChunk(stopped);
      Iterator<StreamEvent> waiting = queued.call(() -> stream("narrow", "waiting"));
      assertTrue(waiting.next().hasAccepted());
      queued.close();
      assertThrows(StatusRuntimeException.class, waiting::next);
      Iterator<StreamEvent> next = stream("narrow", "next");
      assertTrue(next.next().hasAccepted());
      running.close();

      heard.addAll(rest(kept));
      assertEquals(alone, text(heard));
      assertTrue(heard.getLast().hasFinished());
      List<StreamEvent> last = rest(next);
      assertEquals(alone, text(last));
      assertTrue(last.getLast().hasFinished());
      LedgerEntry never = line("waiting");
      assertEquals(Outcome.CANCELLED, never.outcome());
      assertEquals(0, never.servedBy().attempts());
      assertEquals(Outcome.CANCELLED, line("stopped").outcome());
      assertEquals(TOKENS, line("kept").usage().completion());
    }
  }

  private static List<StreamEvent> untilChunk(Iterator<StreamEvent> stream) {
    List<StreamEvent> heard = new ArrayList<>();
    while (heard.isEmpty() || !heard.getLast().hasChunk()) {
      heard.add(stream.next());
    }
    return heard;
  }

  private static LedgerEntry line(String session) {
    return Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> kafka.lines(session), found -> !found.isEmpty())
        .getFirst();
  }

  enum Leaving {
    /** {@code anyserve worker drain}: it ends what it has and takes nothing more. */
    DRAINED,
    /** Stopped with less patience than its requests need: it hands over what it has. */
    STOPPED
  }

  /** One of two workers leaves while callers keep both busy: no caller hears of it. */
  @ParameterizedTest
  @EnumSource
  void aWorkerThatLeavesUnderLoadFailsNoRequest(Leaving leaving) throws Exception {
    String name = leaving.name().toLowerCase(java.util.Locale.ROOT);
    var load = new Load(name);
    try (SingleService leaves = worker(name + "-leaves", name, 4);
        SingleService _ = worker(name + "-stays", name, 4);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String alone = text(rest(stream(name, name + "-alone")));
      List<Future<List<List<StreamEvent>>>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Callable<List<List<StreamEvent>>> caller = load::call;
        callers.add(threads.submit(caller));
      }
      List<Future<List<String>>> overHttp = new ArrayList<>();
      for (int i = 0; i < HTTP_CALLERS; i++) {
        Callable<List<String>> caller = load::callOverHttp;
        overHttp.add(threads.submit(caller));
      }
      try {
        Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> load.runsOn(name));
        leave(leaving, leaves, name + "-leaves");
      } finally {
        load.over.set(true);
      }

      int requests = 0;
      for (var caller : callers) {
        for (List<StreamEvent> answer : caller.get()) {
          requests++;
          assertTrue(answer.getLast().hasFinished());
          assertEquals(alone, text(answer));
        }
      }
      for (var caller : overHttp) {
        for (String events : caller.get()) {
          requests++;
          assertEquals(alone, textOfEvents(events));
        }
      }
      assertEndedOnce(load.session, requests);
    }
  }

  private static void leave(Leaving leaving, SingleService worker, String id) throws Exception {
    switch (leaving) {
      case DRAINED -> {
        Said said =
            Said.by(
                "worker",
                "drain",
                id,
                "--server",
                services.server(),
                "--kafka",
                services.bootstrapServers());
        assertEquals(0, said.exitCode(), said.err());
        Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> !isListed(id));
      }
      case STOPPED -> worker.close();
    }
  }

  private static boolean isListed(String id) {
    return Said.by("workers", "--server", services.server()).out().contains(id);
  }

  private static void assertEndedOnce(String session, int requests) {
    Map<RequestId, List<TokenRecord>> streams = kafka.counting(session);
    assertEquals(requests, streams.size());
    streams.forEach(
        (id, events) ->
            assertEquals(
                1,
                events.stream().filter(event -> event.event() instanceof Terminal).count(),
                id::toString));
    List<LedgerEntry> lines =
        Awaitility.await()
            .atMost(RunningServices.PATIENCE)
            .until(() -> kafka.lines(session), found -> found.size() >= requests);
    assertEquals(requests, lines.size());
    assertTrue(
        lines.stream()
            .allMatch(
                line -> line.outcome() == Outcome.FINISHED && line.usage().completion() == TOKENS));
  }

  /** What each of several callers does until it is over, and once more after it. */
  private static final class Load {

    private final String capability;
    private final String session;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, Boolean> workers = new ConcurrentHashMap<>();

    Load(String capability) {
      this.capability = capability;
      this.session = capability + "-load";
    }

    List<List<StreamEvent>> call() {
      List<List<StreamEvent>> answers = new ArrayList<>();
      boolean last = false;
      while (!last) {
        last = over.get();
        List<StreamEvent> answer = new ArrayList<>();
        stream(capability, session)
            .forEachRemaining(
                event -> {
                  answer.add(event);
                  if (event.hasStarted()) {
                    workers.put(event.getStarted().getWorker(), true);
                  }
                });
        answers.add(answer);
      }
      return answers;
    }

    /** The same over HTTP: the events of each answer. */
    List<String> callOverHttp() throws Exception {
      List<String> answers = new ArrayList<>();
      boolean last = false;
      while (!last) {
        last = over.get();
        answers.add(events(capability, session));
      }
      return answers;
    }

    /** Both workers have taken some of it. */
    boolean runsOn(String name) {
      return workers.containsKey(name + "-leaves") && workers.containsKey(name + "-stays");
    }
  }

  private static Iterator<StreamEvent> stream(String capability, String session) {
    var inference =
        RunningServices.inference(capability, session, RunningServices.text(PROMPT), TOKENS);
    return InferenceServiceGrpc.newBlockingStub(services.channel())
        .inferStream(InferStreamRequest.newBuilder().setInference(inference).build());
  }

  private static List<StreamEvent> rest(Iterator<StreamEvent> stream) {
    List<StreamEvent> heard = new ArrayList<>();
    stream.forEachRemaining(heard::add);
    return heard;
  }

  private static String text(List<StreamEvent> stream) {
    StringBuilder text = new StringBuilder();
    stream.forEach(message -> text.append(message.getChunk().getText()));
    return text.toString();
  }

  private static String events(String capability, String session) throws Exception {
    String body =
        """
        {"model": "%s", "prompt": "%s", "max_tokens": %d, "seed": 7, "ignore_eos": true,
         "stream": true}
        """
            .formatted(capability, PROMPT, TOKENS);
    int port = services.place().apiPort();
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                .header("Content-Type", "application/json")
                .header("anyserve-session", session)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer::body);
    return answer.body();
  }

  /** Of a stream over HTTP that ended well. */
  private static String textOfEvents(String events) {
    assertTrue(events.endsWith("data: [DONE]\n\n"), events);
    StringBuilder text = new StringBuilder();
    events
        .lines()
        .filter(line -> line.startsWith(DATA + "{"))
        .map(line -> JSON.readTree(line.substring(DATA.length())))
        .forEach(event -> text.append(event.at("/choices/0/text").asString("")));
    return text.toString();
  }
}
