package io.anyserve.standalone.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The modules of the page by themselves, in Chromium. */
@Timeout(240)
final class ChatModulesIT {

  private static final String SHOW =
      "const { markdown } = await import('/assets/markdown.js');const { patch } = await"
          + " import('/assets/view.js');const shown = (text, open) => { const box ="
          + " document.createElement('div'); patch(box, markdown(text, open)); return box; };";

  /** Elements and attributes that would run something or load something. */
  private static final String DANGER =
      "const danger = box => [...box.querySelectorAll('*')].filter(e =>"
          + " ['script','iframe','object','embed','img','link','meta','style','form','base','audio','video'].includes(e.localName)"
          + " || [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style') ||"
          + " (e.href && !/^(https?:|mailto:)/.test(e.href))).map(e => e.outerHTML);";

  @RegisterExtension static final ChatPage page = new ChatPage();

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "markdown.csv", delimiter = '|', quoteCharacter = '$')
  void markdownIsShown(String name, String text, String expected) {
    assertEquals(
        lines(expected),
        page.browser().awaited(SHOW + "return shown(given[0]).innerHTML", lines(text)),
        name);
  }

  /** A table of one line a case has no line breaks and no bars of its own. */
  private static String lines(String cell) {
    return cell.replace("\\n", "\n").replace("¦", "|");
  }

  @Test
  void hostileMarkdownRunsNothing() throws IOException {
    String corpus = corpus("hostile.md");
    page.browser().run("window.hit = 0");
    assertEquals(
        "[]",
        page.browser()
            .awaited(
                SHOW
                    + DANGER
                    + "const found = [];for (const text of [given[0], ...given[0].split('\\n"
                    + "\\n"
                    + "'), ...given[0].split('\\n"
                    + "')]) { for (const open of [true, false]) {  const box = shown(text, open);"
                    + " document.body.append(box);  found.push(...danger(box));"
                    + " box.querySelectorAll('a').forEach(a => a.dispatchEvent(new"
                    + " Event('mouseover')));  box.remove(); } }return JSON.stringify(found)",
                corpus));
    assertEquals("0", page.browser().text("window.hit"));
  }

  @Test
  void aHostileAnswerIsShownAsText() throws IOException {
    String corpus = corpus("hostile.md");
    append("hostile", "h1", "", "user", "<img src=x onerror='window.hit=1'>");
    append("hostile", "h2", "h1", "assistant", corpus);
    page.browser().open(page.address() + "/#/c/hostile");
    page.untilAnswers(1);
    assertEquals("undefined", page.browser().text("typeof window.hit"));
    assertEquals(
        "[]",
        page.browser()
            .awaited(
                DANGER + "return JSON.stringify(danger(document.querySelector('.messages')))"));
    assertTrue(page.answers().getFirst().contains("<script>"));
  }

  private static void append(String session, String id, String parent, String role, String text) {
    ConversationServiceGrpc.newBlockingStub(page.services().channel())
        .appendMessage(
            AppendMessageRequest.newBuilder()
                .setSession(session)
                .setMessage(
                    ConversationMessage.newBuilder()
                        .setMessageId(id)
                        .setParentId(parent)
                        .setRole(role)
                        .setText(text))
                .build());
  }

  /** Whatever was drawn before, the end of a stream looks as if it had come at once. */
  @ParameterizedTest
  @ValueSource(strings = {"sample.md", "hostile.md"})
  void aStreamEndsAsTheWholeText(String name) throws IOException {
    assertEquals(
        "same",
        page.browser()
            .awaited(
                SHOW
                    + "const box = document.createElement('div');for (let end = 1; end <="
                    + " given[0].length; end += 3) { patch(box, markdown(given[0].slice(0, end),"
                    + " true)); }patch(box, markdown(given[0]));const whole ="
                    + " shown(given[0]);return box.isEqualNode(whole) ? 'same' : box.innerHTML +"
                    + " '\\n"
                    + "\\n"
                    + "' + whole.innerHTML",
                corpus(name)));
  }

  /**
   * No letter of the syntax is shown before it is known what it means, and no element goes away.
   */
  @Test
  void tablesAndListsStreamWithoutFlicker() throws IOException {
    assertEquals(
        "[]",
        page.browser()
            .awaited(
                SHOW
                    + "const box = document.createElement('div'); const found = []; let rows = 0;"
                    + " let items = 0;for (let end = 1; end <= given[0].length; end++) { const text"
                    + " = given[0].slice(0, end); patch(box, markdown(text, true)); const now ="
                    + " [box.querySelectorAll('tr').length, box.querySelectorAll('li').length]; if"
                    + " (now[0] < rows || now[1] < items) { found.push('fewer after ' +"
                    + " text.slice(-30)); } [rows, items] = now; for (const p of"
                    + " box.querySelectorAll('p, li, td, th')) {  if"
                    + " (/\\*\\*|^\\||\\||^#|^[-+]$|``/.test(p.childNodes[0]?.data ?? '')) {  "
                    + " found.push('syntax shown: ' + p.textContent); } } }return"
                    + " JSON.stringify(found)",
                corpus("stream.md")));
  }

  @Test
  void elementsThatStayAreKept() {
    assertEquals(
        "true",
        page.browser()
            .awaited(
                SHOW
                    + "const box = document.createElement('div');patch(box, markdown('# One\\n"
                    + "\\n"
                    + "| a | b |\\n"
                    + "|---|---|\\n"
                    + "| 1 | 2 |', true));const [head, table] = [box.children[0],"
                    + " box.querySelector('table')];patch(box, markdown('# One\\n"
                    + "\\n"
                    + "| a | b |\\n"
                    + "|---|---|\\n"
                    + "| 1 | 2 |\\n"
                    + "| 3 | 4 |\\n"
                    + "\\n"
                    + "End', true));return box.children[0] === head && box.querySelector('table')"
                    + " === table"));
  }

  /** 200,000 characters of each kind of nesting that has no end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*a ", "a* ", "*a* ", "[", "![a](", "`", "<", "> ", "- ", "_a", "~~a ", "|", "# ", "[a](b"
      })
  void aLongTextOfMarksIsRead(String part) {
    assertEquals(
        "true",
        page.browser()
            .awaited(
                SHOW
                    + "const text = given[0].repeat(200000 / given[0].length);"
                    + "return markdown(text).length > 0 && markdown(text, true).length > 0",
                part));
  }

  @Test
  void answersFollowTheEvents() {
    assertEquals(
        "Hello there|complete|p2|200|1|5|failed|running",
        page.browser()
            .awaited(
                "const { afterEvent, newAnswer, running, timing } = await"
                    + " import('/assets/answers.js');let all = new Map([['a', newAnswer('c', 1000,"
                    + " false)], ['b', newAnswer('c', 1000, false)], ['d', newAnswer('c', 1000,"
                    + " true)]]);const on = (event, now) => { all = afterEvent(all, event, now);"
                    + " };on({ type: 'delta', answer: 'a', position: 'p1', text: 'Hello' },"
                    + " 1200);on({ type: 'delta', answer: 'a', position: 'p2', text: ' there' },"
                    + " 1700);on({ type: 'delta', answer: 'unknown', position: 'p', text: 'x' },"
                    + " 1700);on({ type: 'finished', answer: 'a', finish_reason: 'stop', usage: {"
                    + " completion_tokens: 3 }, cost: { cost_micros: 5 } }, 3200);on({ type: 'delta', answer: 'a', position:"
                    + " 'p3', text: 'late' }, 3300);on({ type: 'failed', answer: 'b', error: {"
                    + " code: 'engine_failed' } }, 3300);on({ type: 'failed', answer: 'd', error: {"
                    + " code: 'shutting_down' } }, 3300);const a = all.get('a');return [a.text,"
                    + " a.state, a.position, timing(a).first, timing(a).perSecond, a.cost.cost_micros,"
                    + " all.get('b').state, running(all).map(([id]) =>"
                    + " all.get(id).state).join()].join('|')"));
  }

  @Test
  void smallCostsAreReadable() {
    assertEquals(
        "€0.00|€0.000042|€0.0123|€1.23|$12,345.68",
        page.browser()
            .awaited(
                "const { money } = await import('/assets/format.js');"
                    + "const euros = micros => money({ cost_micros: micros, currency: 'EUR' });"
                    + "return [euros(0), euros(42), euros(12_345), euros(1_234_567),"
                    + " money({ cost_micros: 12_345_678_900, currency: 'USD' })].join('|')"));
  }

  @Test
  void branchesAreShownByTheirNewestEnd() {
    assertEquals(
        "1,2,3|1,4|4,5|3",
        page.browser()
            .awaited(
                "const { treeOf, path, siblings, leaf, withCurrent } = await"
                    + " import('/assets/tree.js');const m = (id, parent, role, created) => ({ id,"
                    + " parent, role, created });const tree = treeOf([m('1', null, 'user', 1),"
                    + " m('2', '1', 'assistant', 2), m('3', '2', 'user', 3), m('4', '1',"
                    + " 'assistant', 4), m('5', '1', 'assistant', 5)], '3');const ids = messages =>"
                    + " messages.map(m => m.id).join();return [ids(path(tree)),"
                    + " ids(path(withCurrent(tree, '4'))), ids(siblings(tree,"
                    + " tree.messages.get('5')).slice(1)), leaf(tree, '2')].join('|')"));
  }

  @Test
  void unknownTagsAndAttributesAreRefused() {
    assertEquals(
        "tag: script,attribute: srcdoc,attribute: style,null,null",
        page.browser()
            .awaited(
                "const { h, patch } = await import('/assets/view.js');const tried = view => { const"
                    + " box = document.createElement('div'); try { patch(box, [view]); return"
                    + " box.firstChild.getAttribute('href'); } catch (e) { return e.message.split('"
                    + " (')[0]; } };return [h('script', null, 'x'), h('div', { srcdoc: 'x' }),"
                    + " h('div', { style: 'x' }), h('a', { href: 'javascript:alert(1)' }), h('a', {"
                    + " href: '//elsewhere' })].map(tried).map(String).join()"));
  }

  private static String corpus(String name) throws IOException {
    try (InputStream in = ChatModulesIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }
}
