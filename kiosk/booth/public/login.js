/** The token is given once; the browser keeps a proof of it that no script can read. */
const token = document.getElementById('token');
const problem = document.getElementById('problem');

function tell({ zh, en }) {
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = en;
  problem.replaceChildren(zh, ' ', english);
}

document.getElementById('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ token: token.value.trim() });
  token.value = '';
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/login', { method: 'POST', headers, body });
    if (answer.ok) location.reload();
    else tell((await answer.json()).text);
  } catch {
    tell({ zh: '控制器失联', en: 'Controller lost' });
  }
});
token.focus();
