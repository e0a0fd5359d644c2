package io.anyserve.standalone.page;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a screen. Owned by the thread of the test. */
final class ChatBrowser implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int WIDTH = 1_280;
  private static final int HEIGHT = 820;
  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/snap/bin"));

  private final ChromeDriver driver;

  private ChatBrowser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Empty where chromium or its driver is not installed. */
  static Optional<ChatBrowser> start() {
    return program("chromium")
        .flatMap(chromium -> program("chromedriver").map(driver -> start(chromium, driver)));
  }

  private static Optional<Path> program(String name) {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static ChatBrowser start(Path chromium, Path driver) {
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    var options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments("--headless=new", "--lang=en-US", "--disable-dev-shm-usage");
    if ("root".equals(System.getProperty("user.name"))) {
      options.addArguments("--no-sandbox");
    }
    var service = new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build();
    return new ChatBrowser(new ChromeDriver(service, options));
  }

  /** One tab of the size of a desktop in light colours, which remembers nothing of that page. */
  void forget(String page) {
    List<String> tabs = List.copyOf(driver.getWindowHandles());
    for (String tab : tabs.subList(1, tabs.size())) {
      driver.switchTo().window(tab).close();
    }
    driver.switchTo().window(tabs.getFirst());
    driver.executeCdpCommand("Network.enable", Map.of());
    online(true);
    driver.executeCdpCommand(
        "Storage.clearDataForOrigin", Map.of("origin", page, "storageTypes", "all"));
    driver.get("about:blank");
    resize(WIDTH, HEIGHT);
    prefer("light");
    log();
  }

  void open(String url) {
    driver.get("about:blank");
    driver.get(url);
  }

  String url() {
    return driver.getCurrentUrl();
  }

  void reload() {
    driver.navigate().refresh();
  }

  /** Leads there in another tab, which is shown from now on; returns the name of the tab before. */
  String openTab(String url) {
    String before = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(url);
    return before;
  }

  Set<String> tabs() {
    return driver.getWindowHandles();
  }

  void show(String tab) {
    driver.switchTo().window(tab);
  }

  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  /** What the system says about colours: light or dark. */
  void prefer(String scheme) {
    var feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  /** Whether there is a network. Connections that are open stay open. */
  void online(boolean on) {
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", !on, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /** Waits for the first that is displayed. */
  WebElement find(String css) {
    return Awaitility.await("element " + css)
        .atMost(PATIENCE)
        .ignoreException(StaleElementReferenceException.class)
        .until(
            () -> all(css).stream().filter(WebElement::isDisplayed).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** Moves the mouse there first, as buttons may show only then. */
  void click(String css) {
    WebElement element = find(css);
    new Actions(driver).moveToElement(element).click().perform();
  }

  void hover(String css) {
    new Actions(driver).moveToElement(find(css)).perform();
  }

  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses both at once. */
  void press(CharSequence held, String key) {
    new Actions(driver).keyDown(held).sendKeys(key).keyUp(held).perform();
  }

  void until(String what, String condition, Object... arguments) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreException(JavascriptException.class)
        .until(() -> Boolean.TRUE.equals(run("return Boolean(" + condition + ")", arguments)));
  }

  @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  String text(String expression, Object... arguments) {
    return String.valueOf(run("return " + expression, arguments));
  }

  double number(String expression, Object... arguments) {
    return Double.parseDouble(text(expression, arguments));
  }

  /** What a function body that may await returns, as text. */
  String awaited(String body, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    return String.valueOf(
        driver.executeAsyncScript(
            "const done = arguments[arguments.length - 1];"
                + "(async (...given) => {"
                + body
                + "})(...arguments).then(done, e => done('failed: ' + e.stack));",
            arguments));
  }

  /** What the browser complained about since the last call. */
  List<String> log() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** A PNG of what is in sight. */
  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
