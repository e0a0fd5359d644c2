package io.anyserve.ingress.description;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of one operation, while it is put together; then it does not change. */
final class ApiOperation {

  private static final String DESCRIPTION = "description";

  private final String id;
  private final ApiTag tag;
  private final String summary;
  private final List<Input> inputs = new ArrayList<>();
  private final Map<Integer, Answer> answers = new LinkedHashMap<>();
  private final Set<ErrorStatus> failures = EnumSet.copyOf(ErrorStatus.ALWAYS);
  private String description = "";
  private @Nullable Content body;

  /** A parameter that is not in the body. */
  private record Input(String place, String name, Schema schema, boolean required) {}

  private record Answer(String description, List<ApiHeader> headers, List<Content> contents) {}

  private ApiOperation(String id, ApiTag tag, String summary) {
    this.id = id;
    this.tag = tag;
    this.summary = summary;
  }

  /**
   * With what every operation has.
   *
   * @param id for programs
   * @param summary a few words
   */
  static ApiOperation of(String id, ApiTag tag, String summary) {
    return new ApiOperation(id, tag, summary);
  }

  /** More than the summary says, in Markdown. */
  ApiOperation says(String more) {
    description = more;
    return this;
  }

  ApiOperation path(String name, Schema schema) {
    inputs.add(new Input("path", name, schema, true));
    return this;
  }

  ApiOperation query(QueryTable table) {
    table
        .parameters()
        .forEach((name, schema) -> inputs.add(new Input("query", name, schema, false)));
    return this;
  }

  ApiOperation header(ApiHeader header) {
    inputs.add(new Input("header", header.header(), header.schema(), false));
    return this;
  }

  ApiOperation requiredHeader(ApiHeader header) {
    inputs.add(new Input("header", header.header(), header.schema(), true));
    return this;
  }

  ApiOperation body(Content content) {
    body = content;
    failures.addAll(ErrorStatus.WITH_BODY);
    return this;
  }

  ApiOperation answers(int status, String what, List<ApiHeader> headers, Content... contents) {
    answers.put(status, new Answer(what, headers, List.of(contents)));
    return this;
  }

  /** Answered by a worker. */
  ApiOperation runs() {
    failures.addAll(ErrorStatus.WITH_WORKER);
    return this;
  }

  ApiOperation fails(ErrorStatus... more) {
    failures.addAll(List.of(more));
    return this;
  }

  ApiTag tag() {
    return tag;
  }

  /**
   * As OpenAPI has it.
   *
   * @param alias of the path without {@code /v1}
   */
  ObjectNode json(ApiRoute route, boolean alias) {
    ObjectNode json = Schema.part().json();
    json.put("operationId", alias ? id + "WithoutVersion" : id);
    json.putArray("tags").add(tag.toString());
    json.put("summary", summary);
    String text = alias ? "The same as `/v1" + route.template() + "`." : description;
    if (!text.isEmpty()) {
      json.put(DESCRIPTION, text);
    }
    if (alias) {
      json.put("x-alias-of", "/v1" + route.template());
    }
    security(json, route);
    if (!inputs.isEmpty()) {
      ArrayNode parameters = json.putArray("parameters");
      inputs.forEach(input -> write(input, parameters.addObject()));
    }
    if (body != null) {
      ObjectNode request = json.putObject("requestBody");
      request.put("required", true);
      body.addTo(request.putObject("content"));
    }
    responses(json.putObject("responses"), route);
    return json;
  }

  private static void security(ObjectNode json, ApiRoute route) {
    ArrayNode security = json.putArray("security");
    route.scope().ifPresent(_ -> security.addObject().putArray("key"));
    route.scope().ifPresent(scope -> json.put("x-scope", scope.toString()));
  }

  private static void write(Input input, ObjectNode json) {
    ObjectNode schema = input.schema().json().deepCopy();
    json.put("name", input.name());
    json.put("in", input.place());
    Optional.ofNullable(schema.remove(DESCRIPTION)).ifPresent(text -> json.set(DESCRIPTION, text));
    json.put("required", input.required());
    json.set("schema", schema);
  }

  private void responses(ObjectNode json, ApiRoute route) {
    answers.forEach((status, answer) -> write(answer, json.putObject(Integer.toString(status))));
    Set<ErrorStatus> all = EnumSet.copyOf(failures);
    route.scope().ifPresent(_ -> all.addAll(ErrorStatus.WITH_KEY));
    for (ErrorStatus failure : all) {
      json.putObject(Integer.toString(failure.code()))
          .put("$ref", "#/components/responses/" + failure.component());
    }
  }

  private static void write(Answer answer, ObjectNode json) {
    json.put(DESCRIPTION, answer.description());
    if (!answer.headers().isEmpty()) {
      ObjectNode headers = json.putObject("headers");
      answer
          .headers()
          .forEach(header -> headers.putObject(header.header()).put("$ref", ref(header)));
    }
    if (!answer.contents().isEmpty()) {
      ObjectNode content = json.putObject("content");
      answer.contents().forEach(each -> each.addTo(content));
    }
  }

  static String ref(ApiHeader header) {
    return "#/components/headers/" + header.header().toLowerCase(Locale.ROOT);
  }
}
