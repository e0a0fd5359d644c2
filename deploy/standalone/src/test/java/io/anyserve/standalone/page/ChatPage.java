package io.anyserve.standalone.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.Keys;

/**
 * The page in Chromium, started once for all tests: simulated services, with a model {@code slow}
 * beside the fast ones that writes some words a second.
 */
final class ChatPage implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

  static final String SLOW = "slow";
  static final String STORY = "story";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ChatPage.class);

  /** All parts are absent where there is no browser. */
  private record Started(
      Path directory,
      Optional<ChatBrowser> browser,
      Optional<RunningServices> services,
      Optional<SingleService> worker)
      implements AutoCloseable {

    static Started start() {
      Optional<ChatBrowser> browser = ChatBrowser.start();
      try {
        Path directory = Files.createTempDirectory("chat-page");
        if (browser.isEmpty()) {
          return new Started(directory, browser, Optional.empty(), Optional.empty());
        }
        RunningServices services = RunningServices.simulated(directory);
        SingleService worker = services.join(SingleService.Service.WORKER, slowWorker(services));
        return new Started(directory, browser, Optional.of(services), Optional.of(worker));
      } catch (Exception e) {
        browser.ifPresent(ChatBrowser::close);
        throw new IllegalStateException("the page did not start", e);
      }
    }

    private static String slowWorker(RunningServices services) {
      return """
      [worker]
      id = "slow-worker"
      routers = "127.0.0.1:%d"
      http-port = 0

      [[worker.capability]]
      name = "slow"
      engine = "simulated"
      model = "words"
      slots = 64
      token-rate = "12"
      """
          .formatted(services.place().port() + 5);
    }

    @Override
    public void close() throws IOException {
      browser.ifPresent(ChatBrowser::close);
      worker.ifPresent(SingleService::close);
      services.ifPresent(RunningServices::close);
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Optional<Started> started = Optional.empty();

  @Override
  public void beforeAll(ExtensionContext context) {
    Started found =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent("started", _ -> Started.start(), Started.class);
    assumeTrue(
        found.browser().isPresent(),
        "no browser (expected: packages chromium and chromium-driver)");
    started = Optional.of(found);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    browser().forget(address());
    open();
  }

  /** Nothing was refused by the policy, nothing broke; what is tested for was taken out before. */
  @Override
  public void afterEach(ExtensionContext context) {
    assertEquals(List.of(), browser().log());
  }

  ChatBrowser browser() {
    return started.flatMap(Started::browser).orElseThrow();
  }

  RunningServices services() {
    return started.flatMap(Started::services).orElseThrow();
  }

  String address() {
    return "http://127.0.0.1:" + services().place().apiPort();
  }

  /** A new chat, connected. */
  void open() {
    browser().open(address());
    untilConnected();
  }

  void untilConnected() {
    browser().find("#model");
    browser().until("connected", "!document.querySelector('.connection')");
  }

  void choose(String model) {
    browser()
        .until(
            "model " + model,
            "[...document.querySelectorAll('#model option')].some(o => o.value === arguments[0])"
                + " || void dispatchEvent(new Event('focus'))",
            model);
    browser()
        .run(
            "const picker = document.getElementById('model'); picker.value = arguments[0];"
                + "picker.dispatchEvent(new Event('change'))",
            model);
  }

  /** Types a message and sends it. */
  void send(String text) {
    browser().find("#message").sendKeys(text, Keys.ENTER);
  }

  /** Sends a message and waits until the answer is complete; returns the answer. */
  String ask(String text) {
    int before = answers().size();
    send(text);
    untilAnswers(before + 1);
    return answers().getLast();
  }

  /** Waits for that many answers on the path, all complete. */
  void untilAnswers(int count) {
    browser()
        .until(
            count + " complete answers",
            "document.querySelectorAll('.answer').length === arguments[0]"
                + " && document.querySelectorAll('.answer .under').length === arguments[0]"
                + " && !document.querySelector('.thinking')",
            count);
  }

  /** Waits until the last answer is being written and has some words. */
  void untilWriting() {
    browser()
        .until(
            "an answer that is written",
            "(document.querySelector('.answer:last-child .prose.open')?.textContent ?? '')"
                + ".split(' ').length > 3");
  }

  List<String> answers() {
    return texts(".answer .prose");
  }

  List<String> questions() {
    return texts(".question .bubble");
  }

  List<String> sessions() {
    return texts(".sessions li > a");
  }

  List<String> texts(String css) {
    Object found =
        browser()
            .run(
                "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", css);
    return found instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
