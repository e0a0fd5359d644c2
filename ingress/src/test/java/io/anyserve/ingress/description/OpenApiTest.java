package io.anyserve.ingress.description;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.ParameterTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OpenApiTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path DOCS = Path.of("../docs");

  private final JsonNode document = JSON.readTree(ApiDescription.openApi(HttpRoutes.all()));
  private final ApiContract contract = ApiContract.ofAllRoutes();

  @Test
  void theDocumentInDocsIsTheDescription() throws IOException {
    assertEquals(
        ApiDescription.openApi(HttpRoutes.all()),
        Files.readString(DOCS.resolve("openapi.json")),
        "docs/openapi.json is out of date: ./anyserve api openapi > docs/openapi.json");
  }

  @Test
  void theCollectionInDocsIsTheDescription() throws IOException {
    assertEquals(
        ApiDescription.postman(HttpRoutes.all()),
        Files.readString(DOCS.resolve("postman.json")),
        "docs/postman.json is out of date: ./anyserve api postman > docs/postman.json");
  }

  /** The schema of the specification leaves out schemas, which have one of their own. */
  @Test
  void itIsOpenApi() throws IOException {
    var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    try (InputStream in = OpenApiTest.class.getResourceAsStream("openapi-3.1.json")) {
      assertEquals(
          List.of(), registry.getSchema(JSON.readTree(in.readAllBytes())).validate(document));
    }
    JsonNode dialect = JSON.readTree("{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}");
    assertEquals(
        List.of(),
        registry
            .getSchema(dialect)
            .validate(JSON.createObjectNode().set("$defs", document.at("/components/schemas"))));
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryNameIsThereOnce() {
    for (String reference : references(document, new ArrayList<>())) {
      assertFalse(document.at(reference.substring(1)).isMissingNode(), reference);
    }
    Set<String> names = new HashSet<>();
    for (JsonNode path : document.path("paths")) {
      for (JsonNode operation : path) {
        assertTrue(names.add(operation.path("operationId").asString()), operation::toString);
        assertFalse(operation.path("summary").asString().isEmpty());
      }
    }
    assertTrue(names.size() > 30, names::toString);
  }

  private static List<String> references(JsonNode node, List<String> found) {
    if (node.path("$ref").isString()) {
      found.add(node.path("$ref").asString());
    }
    node.forEach(child -> references(child, found));
    return found;
  }

  /** Also what no server of a test registers is a route. */
  @Test
  void everyRouteIsInTheDocument() {
    for (ApiRoute route : HttpRoutes.all()) {
      if (!route.method().equals(ApiRoute.WEB_SOCKET)) {
        JsonNode operation =
            document
                .path("paths")
                .path(route.template())
                .path(route.method().toLowerCase(Locale.ROOT));
        assertFalse(operation.isMissingNode(), route.name());
        assertEquals(route.scope().isEmpty(), operation.path("security").isEmpty(), route.name());
        assertEquals(
            route.template().chars().filter(c -> c == '{').count(),
            operation.path("parameters").valueStream().filter(OpenApiTest::isInPath).count(),
            route.name());
      }
    }
    assertFalse(document.path("x-websockets").path("/chat/ws").isMissingNode());
  }

  private static boolean isInPath(JsonNode parameter) {
    return parameter.path("in").asString().equals("path");
  }

  @Test
  void aRouteWithoutADescriptionCannotBeAdded() {
    var description = new ApiDescription(RequestCaps.NONE);
    description.add(new ApiRoute("GET", "/v1/models", Optional.empty()));
    description.add(new ApiRoute("GET", "/models", Optional.empty()));
    for (String path : List.of("/new", "/v1/health", "/sessions/all")) {
      assertThrows(
          IllegalStateException.class,
          () -> description.add(new ApiRoute("GET", path, Optional.empty())),
          path);
    }
    JsonNode paths = JSON.readTree(description.document()).path("paths");
    assertEquals(List.of("/v1/models", "/models"), List.copyOf(paths.propertyNames()));
    assertEquals("/v1/models", paths.path("/models").path("get").path("x-alias-of").asString());
  }

  @Test
  void aParameterIsHonouredAndDescribedOrNeither() {
    var undescribed = new BodySchema("Test", ParameterTable.STREAM_OPTIONS, "Options.");
    assertThrows(IllegalStateException.class, undescribed::build);
    assertThrows(
        IllegalStateException.class, () -> undescribed.optional("unknown", Schema.flag("")));
    assertThrows(
        IllegalStateException.class,
        () -> undescribed.optional("include_obfuscation", Schema.flag("")));
    Schema whole = undescribed.optional("include_usage", Schema.flag("")).build();
    assertEquals(
        ParameterTable.STREAM_OPTIONS.rules().keySet(),
        Set.copyOf(whole.json().path("properties").propertyNames()));
    assertEquals(
        ParameterTable.of(CompletionKind.CHAT).rules().keySet(),
        Set.copyOf(
            document.at("/components/schemas/ChatCompletionRequest/properties").propertyNames()));
  }

  @Test
  void everyExampleIsValid() {
    int examples = 0;
    for (JsonNode path : contract.document().path("paths")) {
      for (JsonNode operation : path) {
        String id = operation.path("operationId").asString();
        for (JsonNode bodies : operation.findValues("application/json")) {
          if (bodies.has("example")) {
            examples++;
            contract.assertValid(id, bodies.path("schema"), bodies.path("example"));
          }
        }
      }
    }
    assertTrue(examples > 25, "examples: " + examples + " (expected: more than 25)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}]} | true
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":""}]} | false
          ChatCompletionRequest | {"model":"story","messages":[]} | false
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"tools":[]} | true
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"tools":[1]} | false
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"unknown":1} | false
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"stream_options":{}} | false
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"stream_options":{},"stream":true} | true
          ChatCompletionRequest | {"model":"story","messages":[{"role":"user","content":"a"}],"top_logprobs":1} | false
          CompletionRequest     | {"model":"story","prompt":["a","b"],"n":8} | true
          CompletionRequest     | {"model":"story","prompt":["a","b"],"n":9} | false
          CompletionRequest     | {"model":"story","prompt":"a","logprobs":false} | true
          CompletionRequest     | {"model":"story","prompt":"a","max_tokens":2049} | false
          TokenizeRequest       | {"model":"story","prompt":"a","messages":null} | true
          TokenizeRequest       | {"model":"story"} | false
          ResponseRequest       | {"model":"story","input":"a","background":true,"store":false} | false
          ResponseRequest       | {"model":"story","input":"a","reasoning":{"effort":"none"}} | true
          ConversationChange    | {"title":"a"} | true
          ConversationChange    | {"title":"a","current":"m"} | false
          """)
  void requestsAreToldApart(String component, String value, boolean valid) {
    JsonNode schema = Schema.ref(component).json();
    assertEquals(valid, contract.errors(schema, JSON.readTree(value)).isEmpty());
  }

  @Test
  void theCapsOfTheServerAreInItsDescription() {
    var description = new ApiDescription(new RequestCaps(5, 7, false));
    JsonNode schemas = JSON.readTree(description.document()).at("/components/schemas");
    assertEquals(7, schemas.at("/ChatCompletionRequest/properties/max_tokens/maximum").asInt());
    assertEquals(7, schemas.at("/ResponseRequest/properties/max_output_tokens/default").asInt());
    assertEquals(5, schemas.at("/ChatMessage/properties/content/anyOf/0/maxLength").asInt());
  }

  @Test
  void theCollectionHasEveryOperationOnce() {
    JsonNode collection = JSON.readTree(ApiDescription.postman(HttpRoutes.all()));
    int requests = 0;
    for (JsonNode folder : collection.path("item")) {
      assertFalse(folder.path("item").isEmpty(), folder::toString);
      requests += folder.path("item").size();
    }
    int operations = 0;
    for (JsonNode path : document.path("paths")) {
      for (JsonNode operation : path) {
        operations += operation.has("x-alias-of") ? 0 : 1;
      }
    }
    assertEquals(operations, requests);
    JsonNode model = collection.at("/item/4/item/1/request");
    assertEquals("{{server}}/v1/models/:id", model.path("url").path("raw").asString());
    assertEquals("story", model.at("/url/variable/0/value").asString());
  }
}
