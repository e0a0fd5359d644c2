package io.anyserve.standalone.page;

import io.anyserve.metering.page.Chromium;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The browser of the chat page. */
final class ChatBrowser extends Chromium {

  private static final int HEIGHT = 820;

  private ChatBrowser(ChromeDriver driver) {
    super(driver);
  }

  /** Empty where chromium or its driver is not installed. */
  static Optional<ChatBrowser> start() {
    return startDriver().map(ChatBrowser::new);
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
    resize(DESKTOP, HEIGHT);
    prefer("light");
    log();
  }

  String url() {
    return driver.getCurrentUrl();
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

  /** Whether there is a network. Connections that are open stay open. */
  void online(boolean on) {
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", !on, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /** Moves the mouse there first, as buttons may show only then. */
  void click(String css) {
    WebElement element = find(css);
    new Actions(driver).moveToElement(element).click().perform();
  }

  void hover(String css) {
    new Actions(driver).moveToElement(find(css)).perform();
  }

  /** Presses both at once. */
  void press(CharSequence held, String key) {
    new Actions(driver).keyDown(held).sendKeys(key).keyUp(held).perform();
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
}
