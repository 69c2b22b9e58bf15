// Sends the results, or the reason why there are none, to the server that the page came from.
export async function tell(run) {
  let said;
  try {
    said = { results: await run() };
  } catch (error) {
    said = { error: String(error?.stack ?? error) };
  }
  await fetch(`/result${location.search}`, { method: 'POST', body: JSON.stringify(said) });
}
