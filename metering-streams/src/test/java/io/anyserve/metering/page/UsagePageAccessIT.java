package io.anyserve.metering.page;

import static io.anyserve.metering.page.UsagePage.assertRefused;
import static io.anyserve.metering.page.UsagePage.tokens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

final class UsagePageAccessIT {

  @RegisterExtension static final UsagePage page = new UsagePage();

  @Test
  void signsInAndOut() {
    page.browser().open(page.server().address() + "/usage");
    page.browser().find("input[name=key]").sendKeys("no-such-key", Keys.ENTER);
    page.browser().until("refused", "document.querySelector('.error').textContent !== ''");
    assertEquals(List.of(), page.browser().all("#sum-tokens"));
    assertRefused(page.browser().log());
    WebElement input = page.browser().find("input[name=key]");
    input.clear();
    input.sendKeys(page.server().key(), Keys.ENTER);
    page.browser().find("#sum-tokens");
    String known =
        page.browser()
            .text(
                "location.href + document.cookie + JSON.stringify({...localStorage, ...sessionStorage})");
    assertFalse(known.contains(page.server().key()), known);
    page.browser().button(".top", "Sign out").click();
    page.browser().find("input[name=key]");
    assertRefused(page.browser().log());
  }

  @Test
  void tenantsSeeThemselvesAlone() {
    page.open(page.server().key(), "#by=tenant");
    assertEquals(page.server().tenant(), page.browser().find("#who").getText());
    assertEquals(List.of(), page.browser().all("#tenant, #top-tenant"));
    assertFalse(page.browser().find(".wide .tools").getText().contains("Tenant"));
    assertEquals(List.of(), page.browser().asked("by=tenant"));
  }

  @Test
  void theChatAndTheReferenceAreOneStepAway() {
    page.open(page.server().key(), "");
    List<String> links =
        page.browser().all(".links a").stream()
            .map(link -> link.getText() + " " + link.getDomAttribute("href"))
            .toList();
    assertEquals(
        List.of("Chat " + page.server().chat(), "API " + page.server().chat() + "docs"), links);
  }

  @Test
  void adminsSeeAllTenants() {
    page.open(page.server().adminKey(), "#range=week&by=tenant");
    page.browser().find("#top-tenant");
    int tenants = page.asked("by=tenant&measure").path("rows").size();
    assertTrue(tenants > 1);
    assertEquals(tenants, page.browser().all("#top-tenant tbody tr").size());
    assertEquals(tenants, page.browser().all("#tenants option").size());
    double all = page.shown("#sum-tokens");
    page.browser().find("#tenant").sendKeys(page.server().tenant(), Keys.ENTER);
    page.browser()
        .until("one tenant", "document.querySelector('#sum-tokens')?.value < arguments[0]", all);
    assertEquals(
        tokens(page.asked("by=none").path("series").path(0).path("points")),
        page.shown("#sum-tokens"));
    assertTrue(page.last("by=none").contains("tenant=" + page.server().tenant()));
    assertEquals(List.of(), page.browser().all("#top-tenant"));
  }

  @Test
  void saysWhatIsWrongAndAsksAgain() {
    page.open(page.server().key(), "");
    page.browser().block("*/v1/usage/top*");
    page.browser().press("3", "r");
    page.browser().until("trouble", "document.querySelectorAll('.trouble').length === 3");
    page.browser().block();
    page.browser().until("recovery", "document.querySelectorAll('.trouble').length === 0");
    page.browser().find("#top-session tbody tr");
    page.browser().log();
  }

  /** Proves that the policy is in force, and that the other tests would notice what it refuses. */
  @Test
  void policyIsEnforced() {
    page.open(page.server().key(), "");
    page.browser().run("document.body.setAttribute('style', 'color: red')");
    String log = page.browser().log().toString();
    assertTrue(log.contains("Content Security Policy"), log);
  }
}
