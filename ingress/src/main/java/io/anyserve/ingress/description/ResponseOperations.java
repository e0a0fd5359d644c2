package io.anyserve.ingress.description;

import java.util.Map;

/** Responses that are kept. */
final class ResponseOperations {

  private static final String ID = "resp_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d";

  private static final String RESPONSE =
      """
      {
        "id": "resp_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d",
        "object": "response",
        "created_at": 1800000000,
        "status": "completed",
        "background": false,
        "completed_at": 1800000001,
        "error": null,
        "incomplete_details": null,
        "instructions": null,
        "max_tool_calls": null,
        "model": "story",
        "output": [
          {
            "id": "msg_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [
              {
                "type": "output_text",
                "text": "there was a bear.",
                "annotations": [],
                "logprobs": []
              }
            ]
          }
        ],
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "reasoning": null,
        "service_tier": "default",
        "store": true,
        "max_output_tokens": 40,
        "temperature": null,
        "top_p": null,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "truncation": "disabled",
        "usage": {
          "input_tokens": 4,
          "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
          "output_tokens": 5,
          "output_tokens_details": {"reasoning_tokens": 0},
          "total_tokens": 9
        },
        "user": null,
        "metadata": {}
      }
      """;

  private static final String EVENTS =
      """
      event: response.output_text.delta
      id: 4
      data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_0199","output_index":0,"content_index":0,"delta":"there was","logprobs":[]}

      """;

  private ResponseOperations() {}

  /** By the names of their routes. */
  static void addTo(Map<String, ApiOperation> operations) {
    operations.put("POST /v1/responses", create());
    operations.put("GET /v1/responses/{id}", retrieve());
    operations.put("DELETE /v1/responses/{id}", delete());
    operations.put("POST /v1/responses/{id}/cancel", cancel());
    operations.put("GET /v1/responses/{id}/input_items", inputItems());
  }

  private static ApiOperation create() {
    return ApiOperation.of("createResponse", ApiTag.RESPONSES, "Make a response")
        .says(
            "As a whole, as a stream (`stream`), or in the background (`background`). The events of"
                + " a stream have the same number and the same bytes on every ingress. There is no"
                + " `[DONE]`.")
        .header(ApiHeader.SESSION)
        .header(ApiHeader.IDEMPOTENCY_KEY)
        .header(ApiHeader.TRACE_PARENT)
        .body(
            Content.json(
                "ResponseRequest",
                """
                {"model": "story", "input": "Once upon a time", "max_output_tokens": 40}
                """))
        .answers(
            200,
            "The response, or its events.",
            ApiHeader.OF_REQUESTS,
            Content.json("Response", RESPONSE),
            Content.events(EVENTS, "ResponseEvent"))
        .runs();
  }

  private static ApiOperation retrieve() {
    return ApiOperation.of("getResponse", ApiTag.RESPONSES, "Ask for a response")
        .says("As it stands, or with `stream=true` its events from the beginning or behind one.")
        .path("id", id())
        .query(QueryTable.RESPONSE)
        .header(ApiHeader.LAST_EVENT_ID)
        .answers(
            200,
            "The response, or its events.",
            ApiHeader.OF_CALLS,
            Content.json("Response", RESPONSE),
            Content.events(EVENTS, "ResponseEvent"))
        .fails(ErrorStatus.NOT_FOUND, ErrorStatus.GONE, ErrorStatus.DEADLINE_EXCEEDED);
  }

  private static ApiOperation delete() {
    return ApiOperation.of("deleteResponse", ApiTag.RESPONSES, "Forget a response")
        .says("Stops it where it runs.")
        .path("id", id())
        .answers(
            200,
            "It is forgotten.",
            ApiHeader.OF_CALLS,
            Content.json(
                "ResponseDeleted",
                "{\"id\": \"%s\", \"object\": \"response\", \"deleted\": true}".formatted(ID)))
        .fails(ErrorStatus.NOT_FOUND);
  }

  private static ApiOperation cancel() {
    return ApiOperation.of("cancelResponse", ApiTag.RESPONSES, "Stop a response")
        .says("Only one in the background; answers when it has stopped.")
        .path("id", id())
        .answers(200, "The response.", ApiHeader.OF_CALLS, Content.json("Response", RESPONSE))
        .fails(ErrorStatus.NOT_FOUND, ErrorStatus.GONE, ErrorStatus.DEADLINE_EXCEEDED);
  }

  private static ApiOperation inputItems() {
    return ApiOperation.of("listInputItems", ApiTag.RESPONSES, "List a response's own input")
        .path("id", id())
        .query(QueryTable.INPUT_ITEMS)
        .answers(
            200,
            "A page of items.",
            ApiHeader.OF_CALLS,
            Content.json(
                "ResponseInputItemList",
                """
                {
                  "object": "list",
                  "data": [
                    {
                      "id": "msg_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d_0",
                      "type": "message",
                      "status": "completed",
                      "role": "user",
                      "content": [{"type": "input_text", "text": "Once upon a time"}]
                    }
                  ],
                  "first_id": "msg_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d_0",
                  "last_id": "msg_0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d_0",
                  "has_more": false
                }
                """))
        .fails(ErrorStatus.NOT_FOUND);
  }

  private static Schema id() {
    return Schema.string("Of the response.").nonEmpty().example(ID);
  }
}
