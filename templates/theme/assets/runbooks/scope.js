/* Of Material for MkDocs (MIT, (c) Martin Donath), which puts it inline into every page: in a file of its own no page needs
   an inline script, and the policy for browsers allows none. tests/test_headers.py holds it against the theme's. */
__md_scope=new URL(document.currentScript.dataset.scope,location),__md_hash=e=>[...e].reduce(((e,_)=>(e<<5)-e+_.charCodeAt(0)),0),__md_get=(e,_=localStorage,t=__md_scope)=>JSON.parse(_.getItem(t.pathname+"."+e)),__md_set=(e,_,t=localStorage,a=__md_scope)=>{try{t.setItem(a.pathname+"."+e,JSON.stringify(_))}catch(e){}}
