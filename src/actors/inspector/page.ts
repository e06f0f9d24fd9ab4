/**
 * The page that joins a run to the Stately inspector: the inspector runs in a frame and says when it is ready, then
 * what comes through the WebSocket is handed to it.
 */
export function inspectorPage(inspectorUrl: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Longshore: inspector</title>
<style>
  html, body { height: 100%; margin: 0 }
  body { display: flex; flex-direction: column; font: 14px system-ui, sans-serif }
  p { margin: 0; padding: 4px 8px }
  iframe { flex: 1; border: 0 }
</style>
</head>
<body>
<p id="state" role="status">Waiting for the inspector's page to load …</p>
<iframe id="inspector" title="Stately inspector" src="${asAttribute(inspectorUrl)}"></iframe>
<script>
  const frame = document.getElementById('inspector')
  const say = text => { document.getElementById('state').textContent = text }
  let socket = null
  addEventListener('message', ({ data, source, origin }) => {
    if (source !== frame.contentWindow || data?.type !== '@statelyai.connected') return
    socket?.close()
    const mine = socket = new WebSocket('ws://' + location.host)
    mine.onopen = () => say('Connected to the run.')
    mine.onclose = () => { if (mine === socket) say('The run has ended: what is seen is its last state.') }
    mine.onmessage = message => frame.contentWindow.postMessage(JSON.parse(message.data), origin)
  })
</script>
</body>
</html>
`
}

function asAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
