package io.anyserve.metering.page;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The browser of the usage page. */
final class Browser extends Chromium {

  private Browser(ChromeDriver driver) {
    super(driver);
  }

  /** Empty where chromium or its driver is not installed. */
  static Optional<Browser> start() {
    return startDriver().map(Browser::new);
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

  /** Requests to these addresses fail from now on. */
  void block(String... patterns) {
    driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of(patterns)));
  }

  /** The button or link with that text in it, within what the selector names. */
  WebElement button(String within, String text) {
    return find(within)
        .findElement(By.xpath(".//*[self::button or self::a][normalize-space()='" + text + "']"));
  }

  /** Clicks at a share of the element's width and height. */
  void clickAt(WebElement element, double right, double down) {
    var size = element.getSize();
    int x = (int) ((right - 0.5) * size.getWidth());
    int y = (int) ((down - 0.5) * size.getHeight());
    new Actions(driver).moveToElement(element, x, y).click().perform();
  }

  /** Addresses that the page asked since it was opened. */
  List<String> asked(String part) {
    Object names = run("return performance.getEntriesByType('resource').map(e => e.name)");
    return names instanceof List<?> list
        ? list.stream().map(String::valueOf).filter(name -> name.contains(part)).toList()
        : List.of();
  }
}
