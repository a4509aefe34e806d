# The file models.json of pi for a provider with an address of its own: another address for one that pi knows, the model and
# its interface for one that it does not.

{
  providers: {
    ($provider): (
      {baseUrl: $url}
      + if ["anthropic", "openai", "google", "groq", "xai", "mistral", "openrouter"] | index($provider) then {}
        else {api: "openai-completions", apiKey: $key, models: [{id: $model}]} end
    )
  }
}
