package io.anyserve.metering.page;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a screen, and the few things that tests do with it. */
final class Browser implements AutoCloseable {

  static final int DESKTOP = 1_280;
  static final int PHONE = 360;

  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/snap/bin"));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Empty where chromium or its driver is not installed. */
  static Optional<Browser> start() {
    return program("chromium")
        .flatMap(chromium -> program("chromedriver").map(driver -> start(chromium, driver)));
  }

  private static Optional<Path> program(String name) {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Browser start(Path chromium, Path driver) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments("--headless=new", "--lang=en-US", "--disable-dev-shm-usage");
    if ("root".equals(System.getProperty("user.name"))) {
      options.addArguments("--no-sandbox");
    }
    var service = new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build();
    return new Browser(new ChromeDriver(service, options));
  }

  /** As new: no cookies, nothing remembered, a desktop in light colours. */
  void forget() {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of()));
    driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    run("try { localStorage.clear() } catch (e) {}");
    driver.get("about:blank");
    resize(DESKTOP, 900);
    prefer("light");
    log();
  }

  void open(String url) {
    driver.get("about:blank");
    driver.get(url);
  }

  void reload() {
    driver.navigate().refresh();
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

  /** Requests to these addresses fail from now on. */
  void block(String... patterns) {
    driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of(patterns)));
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

  /** The button or link with that text in it, within what the selector names. */
  WebElement button(String within, String text) {
    return find(within)
        .findElement(By.xpath(".//*[self::button or self::a][normalize-space()='" + text + "']"));
  }

  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Clicks at a share of the element's width and height. */
  void clickAt(WebElement element, double right, double down) {
    var size = element.getSize();
    int x = (int) ((right - 0.5) * size.getWidth());
    int y = (int) ((down - 0.5) * size.getHeight());
    new Actions(driver).moveToElement(element, x, y).click().perform();
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

  String text(String script, Object... arguments) {
    return String.valueOf(run("return " + script, arguments));
  }

  double number(String script, Object... arguments) {
    return Double.parseDouble(text(script, arguments));
  }

  /** Addresses that the page asked since it was opened. */
  List<String> asked(String part) {
    Object names = run("return performance.getEntriesByType('resource').map(e => e.name)");
    return names instanceof List<?> list
        ? list.stream().map(String::valueOf).filter(name -> name.contains(part)).toList()
        : List.of();
  }

  /** What the browser complained about since the last call. */
  List<String> log() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** A PNG of the whole page. */
  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
