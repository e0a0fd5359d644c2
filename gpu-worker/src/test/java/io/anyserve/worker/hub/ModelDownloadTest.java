package io.anyserve.worker.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.hub.TestHub.Trouble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ModelDownloadTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final ModelReference MODEL = ModelReference.parse(TestHub.MODEL);
  private static final int SIZE = 300_000;

  @TempDir Path root;
  private final TestHub hub = new TestHub();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private ModelCache cache = new ModelCache(Path.of(""));

  @BeforeEach
  void publish() {
    cache = new ModelCache(root);
    hub.with("config.json", 40).with("tokenizer.json", 5_000).with(WEIGHTS, SIZE);
    hub.with("README.md", 100).with("onnx/model.onnx", 2_000).with("pytorch_model.bin", 2_000);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private Path pull(ModelReference model, String... patterns) throws InterruptedException {
    return pull(hub.settings(), model, patterns);
  }

  private Path pull(HubSettings settings, ModelReference model, String... patterns)
      throws InterruptedException {
    var retries = new FileDownload.Retries(3, Duration.ofMillis(1), Duration.ofMillis(300));
    try (var client = new HubClient(settings)) {
      return new ModelDownload(client, cache, retries).pull(model, List.of(patterns), new Teller());
    }
  }

  private final class Teller implements PullListener {

    @Override
    public void begins(Repository repository, List<RepositoryFile> files, long missing) {
      told.add(files.size() + " files, " + missing + " bytes missing");
    }

    @Override
    public void received(RepositoryFile file, long bytes) {}

    @Override
    public void done(RepositoryFile file) {
      told.add("done " + file.path());
    }

    @Override
    public void retries(RepositoryFile file, String why) {
      told.add("again " + file.path());
    }
  }

  private String refused(String... patterns) {
    return refused(() -> pull(MODEL, patterns));
  }

  /** The message of the refusal. */
  private static String refused(Executable call) {
    return String.valueOf(assertThrows(HubException.class, call).getMessage());
  }

  private void assertWhole(Path folder, String path) throws IOException {
    assertArrayEquals(hub.content(path), Files.readAllBytes(folder.resolve(path)), path);
  }

  @Test
  void whatAnEngineReadsIsDownloadedAndChecked() throws Exception {
    Path folder = pull(MODEL);
    for (String path : List.of("config.json", "tokenizer.json", WEIGHTS)) {
      assertWhole(folder, path);
    }
    assertFalse(Files.exists(folder.resolve("README.md")));
    assertFalse(Files.exists(folder.resolve("pytorch_model.bin")));
    assertEquals(Optional.of(folder), cache.find(MODEL));
    assertEquals("3 files, 305040 bytes missing", told.getFirst());
  }

  @Test
  void whatIsThereIsNotDownloadedAgain() throws Exception {
    pull(MODEL);
    told.clear();
    pull(MODEL);
    assertEquals(List.of("3 files, 0 bytes missing"), told);
    assertEquals(1, cache.entries().size());
  }

  @Test
  void patternsChooseFiles() throws Exception {
    Path folder = pull(MODEL, "*.onnx", "README*");
    assertWhole(folder, "onnx/model.onnx");
    assertWhole(folder, "README.md");
    assertFalse(Files.exists(folder.resolve(WEIGHTS)));
    assertTrue(refused("*.gguf").contains("a file that [*.gguf] match"));
  }

  @Test
  void aDownloadThatBreaksOffGoesOnWhereItStands() throws Exception {
    hub.next(new Trouble.Cut(100_000), new Trouble.Status(503), new Trouble.Cut(50_000));
    assertWhole(pull(MODEL, WEIGHTS), WEIGHTS);
    assertEquals(3, told.stream().filter(("again " + WEIGHTS)::equals).count());
    assertTrue(hub.seen().getLast().endsWith("bytes=150000-"), () -> hub.seen().toString());
  }

  @Test
  void theNextCallGoesOnWhereOneGaveUp() throws Exception {
    hub.next(new Trouble.Cut(100_000));
    hub.next(new Trouble.Status(503), new Trouble.Status(503), new Trouble.Status(503));
    assertEquals(
        "acme/tiny/model.safetensors: 100000 of 300000 bytes after 3 tries: the hub answers 503"
            + " (run it again to go on)",
        refused(WEIGHTS));
    assertFalse(cache.entries().getFirst().whole());
    told.clear();
    assertWhole(pull(MODEL, WEIGHTS), WEIGHTS);
    assertEquals("1 files, 200000 bytes missing", told.getFirst());
    assertTrue(cache.entries().getFirst().whole());
  }

  @Test
  void aHubThatKnowsNoRangesSendsAllOfItAgain() throws Exception {
    hub.next(new Trouble.Cut(100_000), new Trouble.NoRanges());
    assertWhole(pull(MODEL, WEIGHTS), WEIGHTS);
  }

  @Test
  void aConnectionThatBringsNothingIsGivenUp() throws Exception {
    hub.next(new Trouble.Stall(70_000));
    assertWhole(pull(MODEL, WEIGHTS), WEIGHTS);
    assertTrue(told.contains("again " + WEIGHTS));
  }

  @Test
  void aWrongChecksumIsRefusedAndDeleted() throws Exception {
    hub.misstate(WEIGHTS);
    String message = refused(WEIGHTS);
    assertTrue(message.startsWith("acme/tiny/model.safetensors: checksum "), message);
    assertTrue(message.contains("(expected: " + "f".repeat(64) + ")"), message);
    hub.misstate("config.json");
    assertTrue(refused("config.json").contains("(expected: " + "f".repeat(40) + ")"));
    try (var left = Files.walk(root)) {
      assertEquals(List.of(), left.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void moreThanTheHubListsIsRefused() {
    hub.next(new Trouble.Longer());
    assertTrue(refused(WEIGHTS).contains("more than 300000 bytes"));
  }

  @Test
  void theTokenGoesToTheEndpointAlone() throws Exception {
    hub.wantToken("secret");
    pull(hub.settings("secret"), MODEL, WEIGHTS);
    assertTrue(
        hub.seen().stream()
            .allMatch(line -> line.startsWith("endpoint") == line.contains("Bearer secret")),
        () -> hub.seen().toString());
    assertTrue(hub.seen().stream().anyMatch(line -> line.startsWith("storage")));
    assertFalse(hub.settings("secret").toString().contains("secret"));
  }

  @Test
  void aModelThatIsNotPublicNeedsAToken() {
    hub.wantToken("secret");
    assertTrue(refused().endsWith("(expected: the right name, or HF_TOKEN)"));
    var wrong = refused(() -> pull(hub.settings("another"), MODEL));
    assertTrue(wrong.contains("refused (expected: HF_TOKEN of somebody"));
  }

  @Test
  void refusalsSayWhatIsMissing() {
    hub.refuse(403, "GatedRepo");
    assertTrue(
        refused()
            .endsWith(
                "acme/tiny: gated (expected: HF_TOKEN of somebody who accepted its terms at "
                    + hub.settings()
                    + "/acme/tiny)"));
    hub.refuse(404, "RevisionNotFound");
    var revision = refused(() -> pull(ModelReference.parse(TestHub.MODEL + "@v9")));
    assertTrue(revision.contains("revision v9 not found (expected: a branch"));
    hub.refuse(404, "RepoNotFound");
    assertTrue(refused().contains("not found (expected: ORG/NAME of a model)"));
    hub.refuse(500, "");
    assertTrue(refused().contains("500"));
  }

  @Test
  void aHubThatIsNotThereIsNamed() {
    var nowhere = new HubSettings(URI.create("http://127.0.0.1:1"), Optional.empty());
    var thrown = refused(() -> pull(nowhere, MODEL));
    assertTrue(thrown.startsWith("http://127.0.0.1:1: no answer"));
  }

  @Test
  void severalGgufFilesAreTheCallersChoice() throws Exception {
    try (var models = new TestHub().with("a-Q4_0.gguf", 3_000).with("a-Q8_0.gguf", 4_000);
        var client = new HubClient(models.settings())) {
      var download = new ModelDownload(client, cache);
      var thrown = refused(() -> download.pull(MODEL, List.of(), PullListener.NONE));
      assertEquals(
          "acme/tiny: several models (expected: one of them by --file): [a-Q4_0.gguf, a-Q8_0.gguf]",
          thrown);
      ModelReference one = ModelReference.parse(TestHub.MODEL + ":a-Q8_0.gguf");
      Path folder = download.pull(one, List.of(), PullListener.NONE);
      var models4 = new ModelLocation(cache);
      assertEquals(folder.resolve("a-Q8_0.gguf"), models4.of(one.toString()));
      assertEquals(folder.resolve("a-Q8_0.gguf"), models4.of(TestHub.MODEL));
    }
  }

  @Test
  void pickledWeightsAreNoModel() throws Exception {
    try (var pickles = new TestHub().with("pytorch_model.bin", 3_000).with("config.json", 20);
        var client = new HubClient(pickles.settings())) {
      var thrown =
          refused(() -> new ModelDownload(client, cache).pull(MODEL, List.of(), PullListener.NONE));
      assertTrue(thrown.contains("pickled weights"), thrown);
    }
  }

  @Test
  void aHubCannotLeadOutOfTheModelsFolder() throws Exception {
    try (var hostile = new TestHub().with("../../../evil.json", 20);
        var client = new HubClient(hostile.settings())) {
      var thrown =
          refused(() -> new ModelDownload(client, cache).pull(MODEL, List.of(), PullListener.NONE));
      assertTrue(thrown.contains("a path inside the repository"));
    }
  }

  @Test
  void modelsAreListedAndRemoved() throws Exception {
    Path folder = pull(ModelReference.parse(TestHub.MODEL + "@feature/one"));
    pull(MODEL);
    ModelCache.Entry entry = cache.entries().getFirst();
    assertEquals(List.of("feature/one", "main"), entry.revisions());
    assertEquals(305_040, entry.bytes());
    assertEquals(List.of(), cache.remove("acme/other", Optional.empty()));
    assertEquals(List.of(entry), cache.remove(TestHub.MODEL, Optional.of("main")));
    assertFalse(Files.exists(folder));
    assertEquals(List.of(), cache.entries());
    var missing =
        assertThrows(
            IllegalArgumentException.class, () -> new ModelLocation(cache).of(TestHub.MODEL));
    assertEquals(
        "acme/tiny: no such path, and not downloaded (expected: a path, or run ./anyserve pull"
            + " acme/tiny)",
        missing.getMessage());
  }

  @Test
  void namesAndSettingsAreChecked() {
    for (String wrong : List.of("tiny", "a/b/c", "acme/tiny@", "acme/tiny:../x", "acme/t@a..b")) {
      assertThrows(IllegalArgumentException.class, () -> ModelReference.parse(wrong), wrong);
    }
    refused(() -> HubSettings.of(Map.of("HF_ENDPOINT", "ftp://x")));
    assertEquals(
        "https://mirror.example/hub",
        HubSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example/hub/")).toString());
    assertEquals(
        Path.of("/x/anyserve/models"), ModelCache.of(Map.of("XDG_CACHE_HOME", "/x")).root());
  }
}
